"""What a summary may say of a source, and what not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.claims import KINDS, findings
from prompts.source import Source

BORNE = [
    # values in every spelling
    ("۲۰ برابر سریع‌تر است", "It is 20x faster."),
    ("بیست برابر سریع‌تر است", "It is 20 times faster."),
    ("۲۰ برابر سریع‌تر است", r"A speedup of 20$\times$ is seen."),
    ("۱۰ برابر بهتر شد", "It improves by an order of magnitude."),
    ("ده برابر بهتر شد", "It improves ten-fold."),
    ("سرعت دو برابر شد", "It doubles the speed."),
    ("مصرف را نصف می‌کند", "It halves consumption."),
    ("مصرف را نصف می‌کند", "Consumption is reduced by 50%."),
    ("مصرف حافظه نصف شد", "It uses 2x less memory."),
    ("دقت ۸۵٪ است", "Accuracy is 0.85."),
    ("دقت ۸۵ درصد است", "Accuracy reaches 85%."),
    ("دقت ۸۵ درصد است", "It scores 85 points."),
    ("دقت ۸۵٫۳ درصد است", "Accuracy of 85.3 on the test set."),
    ("دقت ۸۵/۳ درصد است", "Accuracy of 85.3% on the test set."),
    ("نیمی از کاربران", "50% of users"),
    ("نیمی از کاربران", "half of the users"),
    ("یک‌سوم کم شد", "dropped by one-third"),
    ("حدود یک‌سوم کم شد", "dropped by 33%"),
    ("سه‌چهارم پاسخ‌ها", "75% of answers"),
    ("یک‌چهارم پاسخ‌ها", "a quarter of the answers"),
    ("۱٫۵ میلیارد پارامتر", "a 1.5B-parameter model"),
    ("یک و نیم میلیارد پارامتر", "1.5 billion parameters"),
    ("یک‌وسه‌دهم میلیارد پارامتر", "a 1.3B model"),
    ("بیست و پنج و نه دهم درصد", "25.9%"),
    ("دو و بیست‌وپنج صدم ثانیه", "in 2.25 seconds"),
    ("تنها مدلی است که می‌داند", "It is the only model that knows."),
    ("مدل 通义 آمد", "The model 通义 is out."),
    ("۱۵۰۰ میلیون پارامتر", "1.5B parameters"),
    ("۴ هزار توکن", "a 4K context"),
    ("چهار هزار توکن", "4,000 tokens"),
    ("حدود ۴ هزار توکن", "4,096 tokens"),
    ("۱۲۸ هزار توکن", "a context of 128K tokens"),
    ("یک میلیون توکن", "1M tokens"),
    ("یک میلیون و ۲۰۰ هزار نمونه", "1.2 million samples"),
    ("بیش از ۱۰۰ زبان", "over 100 languages"),
    ("بیش از ۴۵۰ پرسش", "451 questions"),
    ("کمتر از ۵ ثانیه", "in 4.8 seconds"),
    ("نزدیک به ۷۳ درصد", "72.5%"),
    ("تقریباً سه برابر", "2.9x"),
    ("نیم ثانیه", "500 ms"),
    ("۵۰۰ میلی‌ثانیه", "0.5 seconds"),
    ("۸۰ گیگابایت حافظه", "80GB of memory"),
    ("۸۰ گیگ حافظه", "80 GB of memory"),
    ("کوانتش ۴ بیتی", "4-bit quantization"),
    ("۱۰ تا ۲۰ درصد", "10-20%"),
    ("بین ۷ تا ۷۰ میلیارد پارامتر", "models from 7B to 70B"),
    ("۱۲ واحد درصد بهتر", "by 12 percentage points"),
    ("۴۸٫۹ ± ۰٫۵", r"$48.9 \pm 0.5$"),
    ("سه چالش", "latency, memory, and cost are the challenges"),
    ("۵ محک", "five benchmarks"),
    ("پنج‌زبانه", "in 5 languages"),
    ("دوازده لایه", "12 layers"),
    ("بیست‌وپنج لایه", "25 layers"),
    ("صد هزار کاربر", "100,000 users"),
    ("۱۰۰هزار کاربر", "100k users"),
    ("۴۰ میلیون دلار", "raised $40M"),
    ("۱۰ به توان", "ten"),
    ("پنجرهٔ متنی ۱۲۸ هزارتایی", "a 128K context window"),
    ("تغییر ده‌هزار برابری", "a 10,000x change"),
    ("نزدیک ۴۷ درصد", "46.85%"),
    ("به ۴۰ درصد هم نمی‌رسد", "39.6%"),
    ("۲۰ درصد کاربران", "one in five users"),
    ("صد برابر", "two orders of magnitude"),
    ("سه ماه و نیم", "three and a half months"),
    ("ویدئوی ۱۰ ثانیه‌ای", "10-second videos"),
    ("کوانتش ۸ بیتی", "INT8 quantization"),
    ("۱٫۵ برابر", "50% faster"),
    ("دههٔ ۹۰", "in the 1990s"),
    ("هر میلیون توکن ۳ دلار", "$3 per million tokens"),
    ("نرخ یادگیری ۰٫۰۰۰۱", "a learning rate of 1e-4"),
    ("در سه‌ماههٔ نخست", "in the first quarter"),
    ("از صفر آموزش دیده", "trained from scratch"),
    # what follows from two values
    ("۱۳٫۶ واحد درصد بهتر شد", "improves from 61.2% to 74.8%"),
    ("در مجموع ۸۰۰ پرسش", "400 English and 400 Chinese questions"),
    ("نیمی انگلیسی و نیمی چینی", "400 English and 400 Chinese questions"),
    ("یک ساعت و بیست دقیقه", "fixed at 11:02, found at 09:42"),
    ("بیش از دو ساعت", "from 16:11 to 18:23 UTC"),
    ("۳۰ برابر سریع‌تر", "from 120 hours to 4 hours"),
    # days
    ("در ۳ ژوئن ۲۰۲۵", "on June 3, 2025"),
    ("در ۱۳ خرداد ۱۴۰۴", "on June 3, 2025"),
    ("در خرداد ۱۴۰۴", "in June 2025"),
    ("در ماه اوت", "Aug 16, 22:34 UTC"),
    ("ساعت ۲۲:۳۴", "Aug 16, 22:34 UTC"),
    ("در سال ۲۰۲۴", "in 2024"),
    ("ساعت ۱۷:۳۰", "at 5:30 PM"),
    ("ساعت ۱۷", "at 5 PM"),
    ("روز سه‌شنبه", "on Tuesday"),
    ("روز سه‌شنبه", "on 3 June 2025"),
    # names
    ("مایکروسافت و انویدیا", "Microsoft and NVIDIA"),
    ("Microsoft", "مایکروسافت"),
    ("انویدیایی‌ها", "NVIDIA"),
    ("مدل‌های LLaMA", "the Llama models"),
    ("GPTها", "GPT models"),
    ("Llama 3.1 8B", "Llama-3.1-8B-Instruct"),
    ("نسخهٔ ۸ میلیارد پارامتری Llama 3.1", "Llama-3.1-8B"),
    ("Llama ۳٫۱", "Llama 3.1"),
    ("لاما ۳٫۱", "Llama 3.1"),
    ("Qwen 2.5", "Qwen2.5-7B"),
    ("LLM", "large language models"),
    ("مدل زبانی بزرگ (LLM)", "We study language models."),
    ("Retrieval-Augmented Generation", "retrieval augmented generation"),
    ("RAG", "retrieval-augmented generation"),
    ("با fine-tuning و attention", "We adapt the model."),
    ("دانشگاه استنفورد", "Stanford University"),
    ("دانشگاه لوند", "Lund University"),
    ("Ollama", "ollama/ollama v0.32.15"),
    ("React ۱۸٫۳", "React 18.3.0"),
    ("کرومیوم ۱۵۲", "Chromium 152.0.7977.42"),
    ("نسخهٔ ۲٫۱", "version 2.1"),
    ("کلود اوپوس ۴٫۷", "Claude Opus 4.7"),
    ("ربات سه‌بعدی و مدل 3D", "a 3-dimensional robot"),
    # claims
    ("برای نخستین بار", "for the first time"),
    ("نخستین مدل باز", "the first open model"),
    ("بهترین نتیجه", "state-of-the-art results"),
    ("کد منتشر شده است", "Code is available at GitHub."),
    ("رکورد تازه‌ای ثبت کرد", "sets a new record"),
    ("مهم‌ترین نکته", "The point is clear."),
    ("در نخستین گام", "Training has two steps."),
    ("از رقیب عقب ماند", "It underperforms the baseline."),
    ("چکیده نمی‌گوید کد منتشر شده است یا نه", "We propose a method."),
]
NOT_BORNE = [
    ("value", "۳۰ برابر سریع‌تر است", "It is 20x faster."),
    ("value", "دقت ۸۶ درصد است", "Accuracy is 0.85."),
    ("value", "دقت ۸۵ درصد است", "Accuracy reaches 85.3%."),
    ("value", "۷۳ درصد", "72.5%"),
    ("value", "حدود ۸۰ درصد", "72.5%"),
    ("value", "۴ هزار توکن", "4,096 tokens"),
    ("value", "نیمی از کاربران", "30% of users"),
    ("value", "پنج محک", "three benchmarks"),
    ("value", "بیست‌وشش لایه", "25 layers"),
    ("value", "در سال ۲۰۲۳", "in 2024"),
    ("value", "صدهزار برابر", "a 10,000x change"),
    ("value", "ده برابر سریع‌تر", "trained on an A100 GPU"),
    ("value", "پنج برابر سریع‌تر", "released on May 5"),
    ("value", "۱۳ میلیارد پارامتر", "a 1.3B model"),
    ("unit", "۱٫۳ میلیون پارامتر", "a 1.3B model"),
    ("superlative", "تنها مدلی است که فارسی می‌داند", "It only needs 16 GB and knows Persian."),
    ("superlative", "تنها چارچوب متن‌باز فارسی است که می‌ماند", "A framework that stays."),
    ("call", "این مدل را حتماً امتحان کنید", "A new model."),
    ("script", "مدل 新模型 آمد", "A new model."),
    ("script", "مدل новая آمد", "A new model."),
    ("script", "مدل یک모델 آمد", "A new model."),
    ("value", "۱۴٫۶ واحد درصد بهتر شد", "improves from 61.2% to 74.8%"),
    ("value", "پنج نوآوری", "with three key innovations"),
    ("unit", "۲۷۰ درصد", "covering 270 initial states"),
    ("unit", "۱٫۵ میلیون پارامتر", "1.5B parameters"),
    ("unit", "۲۷ برابر کمتر", "27% less"),
    ("unit", "۶۰ میلی‌ثانیه", "60 μs"),
    ("unit", "۸۰ مگابایت", "80GB"),
    ("unit", "۴۰ یورو", "$40"),
    ("attached", "۱۱۵ میلیون مسیر", "up to 500 trajectories and 115M tokens"),
    ("attached", "بیش از ۵۰ درصد", "less than 50%"),
    ("attached", "۳۰ درصد افزایش یافت", "memory is reduced by 30%"),
    ("attached", "از ۵۲۴ به ۹۹۵ میلی‌ثانیه", "from 995 ms to 524 ms"),
    ("attached", "در Foo ۹۳ و در Bar ۹۱ درصد", "91% on Foo and 93% on Bar"),
    ("date", "در ۴ ژوئن ۲۰۲۵", "on June 3, 2025"),
    ("date", "در ۱۲ مهر ۱۴۰۴", "on June 3, 2025"),
    ("date", "در ماه سپتامبر ۲۰۲۵", "on June 3, 2025"),
    ("date", "ساعت ۲۱:۳۴", "at 22:34 UTC"),
    ("date", "روز سه‌شنبه", "on Monday"),
    ("attached", "ساعت ۹:۱۰ حل شد. ساعت ۱۱:۲۰ شناسایی شد", "11:20 Resolved.\n9:10 Identified."),
    ("attached", "دقت ۶۶ درصد است، بهبود ۴۶٫۸ درصد", "46.8% accuracy, a 66% gain"),
    ("name", "Falcon", "Llama"),
    ("name", "انویدیا", "AMD"),
    ("name", "دانشگاه شریف", "Stanford University"),
    ("version", "GPT-4", "GPT-4o"),
    ("version", "GPT-5", "GPT-5.5"),
    ("version", "Llama 3.2", "Llama 3.1"),
    ("version", "لاما ۳٫۲", "Llama 3.1"),
    ("version", "نسخهٔ v0.32.16", "v0.32.15"),
    ("version", "نسخهٔ ۲", "version 1.36"),
    ("version", "کلود هایکو ۴", "Claude Haiku 4.5"),
    ("version", "کلود اوپوس ۳، که کافی نیست", "Claude Opus 4.7"),
    ("version", "Crazyflie 3.x", "Crazyflie 2.x"),
    ("name", "AgentRunbook-X", "AgentRunbook-C and AgentRunbook-R"),
    ("name", "شرکت آرژانتینی", "a company in Brazil"),
    ("superlative", "برای نخستین بار", "We first train the model."),
    ("superlative", "سریع‌ترین مدل", "A fast model."),
    ("superlative", "در جهان بی‌رقیب است", "A fast real-world model."),
    ("superlative", "بی‌نقص است", "It does not ensure quality."),
    ("superlative", "تنها مدلی که", "A fast model."),
    ("claim", "کد آن منتشر شده است", "We propose a method."),
    ("claim", "رایگان است", "We propose a method."),
    ("reversal", "از رقیب عقب مانده است", "It outperforms the strong rival."),
    ("call", "همین حالا عضو شوید", "A new model."),
]


def against(draft: str, source: str) -> list[tuple[str, str]]:
    body = f"{draft}."
    return [(one.kind, one.words) for one in findings("", body, Source("", source))]


@pytest.mark.parametrize(("draft", "source"), BORNE)
def test_what_the_source_says_may_be_said(draft: str, source: str) -> None:
    assert against(draft, source) == []


@pytest.mark.parametrize(("kind", "draft", "source"), NOT_BORNE)
def test_what_it_does_not_say_is_found(kind: str, draft: str, source: str) -> None:
    assert kind in [found for found, _ in against(draft, source)]


def test_every_finding_has_words_and_a_persian_sentence() -> None:
    found = findings("مدل Foo", "دقت ۹۹ درصد است.", Source("Bar", "Accuracy is 98%."))

    assert {one.kind for one in found} == {"name", "value"} <= set(KINDS)
    assert all(one.words in one.message and one.message.endswith(".") for one in found)


def test_a_finding_shows_the_nearest_sentence_of_the_source() -> None:
    source = Source("", "We like cats. Accuracy on ImageNet is 98%. It is free.")
    (found,) = findings("", "دقت در ImageNet به ۹۹ درصد رسید.", source)

    assert found.nearest == "Accuracy on ImageNet is 98%."


ODD = (
    *"۰۹۵ .,٫٬٪%/-–~±×${}^+\\",
    *("31m", "5t", "نیم", "صفر", "میلیارد", "هزار", " و ", "برابر", "GPT-4", "v1.2.3", "half a"),
    *("million", "2024-13-40", "۴۵ مهر", "25:99", "\u200c", "\n", "\ud800", "10^9999"),
)
PIECES = st.sampled_from(ODD)


@given(st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map("".join))
def test_no_text_is_too_odd(draft: str, source: str) -> None:
    assert isinstance(findings(draft, draft, Source(source, source, source)), list)


@pytest.mark.parametrize(
    "before", ["better than ", "outperforms Wonderfully-Long-Named-Rival-1 at "]
)
def test_a_quoted_source_is_not_cut_within_words(before: str) -> None:
    source = f"The new open system is {before}115M tokens and 500 trajectories in every respect."

    (found,) = findings("", "روی ۱۱۵ میلیون مسیر آموزش دید.", Source("", source))

    quoted = found.message.partition(": ")[2].rstrip(".").split()
    assert quoted and set(quoted) <= set(source.split())
