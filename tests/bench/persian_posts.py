"""Made-up posts of a Persian AI channel, as many as a bench wants, the same for the same seed.

Words follow Zipf's law over a few hundred real ones and a long tail made of syllables; a post has
a title, paragraphs, a link, hashtags and a signature; dates run over six years, oldest first.
One post in ten is spelt as old keyboards and web dumps spell (Arabic letters, half-spaces lost).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from bot.persian.typography import units
from db.model import Entity, Post

CHAT = -1001500000001
FIRST, YEARS = datetime(2020, 3, 20, 6, 30, tzinfo=UTC), 6
VOCABULARY = 40_000
EXPONENT = 1.05

COMMON = """
و در به از که این را با برای یک است آن تا بر هم هر یا بود شد شود کرد کند می‌شود می‌کند دارد خود ما
اما اگر نیز پس چند بین روی بدون مثل یعنی چون وقتی همین همه دیگر بیشتر کمتر بهتر جدید تازه
""".split()
SUBJECT = """
مدل داده شبکه یادگیری عصبی عمیق ماشین زبان زبانی تصویر متن صدا ویدئو آموزش آزمون نتیجه روش مقاله
الگوریتم تابع لایه بردار ماتریس توجه رمزگذار رمزگشا پارامتر وزن گرادیان بهینه‌سازی خطا دقت سرعت
حافظه پردازنده گرافیکی محاسبه ریاضی آمار احتمال توزیع نمونه برچسب دسته‌بندی خوشه‌بندی رگرسیون
پیش‌بینی تشخیص ترجمه خلاصه پرسش پاسخ گفتگو دستیار عامل ربات بینایی چهره پزشکی دارو پروتئین خودرو
کتابخانه ابزار نسخه انتشار متن‌باز پژوهش پژوهشگر دانشگاه شرکت پروژه کاربر برنامه برنامه‌نویسی کد
پایتون مجموعه‌داده معیار سنجه کیفیت هزینه کارایی مقیاس توزیع‌شده موازی ابری سخت‌افزار نرم‌افزار
امنیت حریم خصوصی سوگیری اخلاق قانون بازار اقتصاد دانش هوش مصنوعی هوشمند خودکار تولید مولد انتشاری
تقویتی پاداش سیاست محیط بازی شطرنج راهبرد استدلال منطق گراف گره یال درخت جستجو بازیابی نمایه واژه
جمله پاراگراف سند صفحه جدول نمودار شکل فرمول معادله مشتق انتگرال بعد فضا نهفته پنهان ساختار معماری
""".split()
LATIN = """
GPT Transformer BERT attention diffusion PyTorch TensorFlow CUDA GPU LLM RAG LoRA CNN RNN LSTM GAN
ImageNet benchmark fine-tuning prompt token embedding OpenAI Google Meta Python API arXiv GitHub
Kaggle dataset NumPy Pandas Jupyter Docker Linux vLLM Llama Mistral Gemma Whisper CLIP ViT YOLO
""".split()
TAGS = """
#خبر #ابزار #مقاله #آموزش #کوییز #کتاب #پایتون #هوش_مصنوعی #یادگیری_ماشین #یادگیری_عمیق
#بینایی_ماشین #پردازش_زبان #یادگیری_تقویتی #آمار #ریاضی #مدل_زبانی #داده #مصاحبه #فرصت_شغلی
#Deep_Learning #NLP #LLM #Machine_Learning #Computer_Vision #GAN #RL #Paper
#Weekend #Python #Statistics
""".split()
_STARTS = "ب پ ت ج چ خ د ر ز س ش ف ک گ ل م ن ه ی".split()
_MIDDLES = "ا و ی آر ان ور ین اش م ن ر ست".split()
_ENDINGS = ("", "", "", "", "‌ها", "‌های", "ی", "‌تر")
_OLD = str.maketrans({"ی": "ي", "ک": "ك", "\u200c": None})


def vocabulary(size: int = VOCABULARY, seed: int = 0) -> list[str]:
    """The words of the posts, the most frequent first."""
    chance = random.Random(seed)
    known = SUBJECT + LATIN
    chance.shuffle(known)
    words = dict.fromkeys(COMMON + known)
    while len(words) < size:
        syllables = chance.randint(2, 3)
        word = "".join(chance.choice(_STARTS) + chance.choice(_MIDDLES) for _ in range(syllables))
        words.setdefault(word + chance.choice(_ENDINGS))
    return list(words)[:size]


def posts(count: int, seed: int = 0, words: int = 135) -> Iterator[Post]:
    """So many posts of about `words` words (870 characters) each, with ids from 1 on."""
    chance = random.Random(seed)
    known = vocabulary(seed=seed)
    weights = list(accumulate(1 / rank**EXPONENT for rank in range(1, len(known) + 1)))
    step = timedelta(days=365.25 * YEARS) / max(count, 1)
    for number in range(1, count + 1):
        length = chance.randint(words // 2, words * 3 // 2)
        drawn = chance.choices(known, cum_weights=weights, k=length)
        text, entities = _laid_out(chance, drawn, number)
        if number % 10 == 0:
            text, entities = text.translate(_OLD), ()
        yield Post(
            chat_id=CHAT,
            message_id=number,
            text=text,
            entities=entities,
            published=(FIRST + step * number).replace(microsecond=0),
            url=f"https://t.me/c/1500000001/{number}",
        )


def _laid_out(
    chance: random.Random, words: list[str], number: int
) -> tuple[str, tuple[Entity, ...]]:
    """A post of these words, its title bold."""
    cut = min(chance.randint(4, 9), len(words) // 2)
    title, rest, lines = " ".join(words[:cut]), words[cut:], list[str]()
    while rest:
        end = chance.randint(12, 30)
        lines.append(" ".join(rest[:end]) + ".")
        rest = rest[end:]
    tags = " ".join(chance.sample(TAGS, chance.randint(1, 3)))
    link = f"🔗 https://example.org/{number}"
    text = "\n\n".join([title, *lines, link, tags, "@peyk_ai | پیک هوش مصنوعی"])
    return text, ({"type": "bold", "offset": 0, "length": units(title)},)
