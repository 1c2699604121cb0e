"""What people see, and that foreign text never becomes a link."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.detect import detect
from bot.persian.typography import JOINER, RLM, ZWNJ, plain, typeset, units

CLICKABLE = """
    https:// tg:// www. fast.ai t.me/x example.com evil.co.uk a@b.com @name #tag #برچسب $TON $1INCH
    /start /help@peyk_bot 1.2.3.4 +989121234567 +1-212-555-0123 4111111111111111 . / @ # $ + : ://
    ? ! ( ) « » _ - ى ي ك ة ٣ می‌شود
"""
# What the rules of typography look for, one piece of it beside any other.
PERSIAN = """
    می نمی شود میشود شبکه های هاي شبکههای تر ترین خانه ه ی ای اند شده است بی نظیر نرم افزار سازی
    این که GPT-4 C++ x
    ۸۵ 20 3.5 ۳٫۱ % ٪ , ، ; ؛ ؟ ... … " ' “ ” ‹ › – + = × `c` 1.5B 1,000 2.1.0 ۀ ٔ
    ً ّ .NET f(x) v2 $20 $x^2$ 🚀 1️⃣ <b> 2024-10-15 GB ~ < > * ** { } [ ] \\ | &
"""
RISKY = st.lists(
    st.one_of(
        st.sampled_from(CLICKABLE.split()),
        st.sampled_from(PERSIAN.split()),
        st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\u202e", "\u00ad", "\u3164"]),
        st.sampled_from([" ", "\n", "\n\n\n", "\t", "\u00a0", "\u2028", "\r\n"]),
        st.text(max_size=6),
    ),
    max_size=12,
).map("".join)


@given(RISKY)
def test_nothing_plain_is_clickable(text: str) -> None:
    assert detect(plain(text), []) == []
    assert detect(plain(typeset(text)), []) == []


@given(RISKY)
def test_plain_and_typeset_change_their_own_output_no_further(text: str) -> None:
    set_text, defused = typeset(text), plain(text)

    assert typeset(set_text) == set_text
    assert plain(defused) == defused
    assert plain(typeset(plain(set_text))) == plain(set_text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("fast.ai", "fast.|ai"),
        ("https://a.example/b", "https:|//a.|example/b"),
        ("tg://resolve?domain=x", "tg:|//resolve?domain=x"),
        ("@peyk", "@|peyk"),
        ("#خبر", "#|خبر"),
        ("$TON", "$|TON"),
        ("/start", "/|start"),
        ("a@b.com", "a@|b.|com"),
        ("10.0.0.1", "10.|0.0.1"),
        ("+98 912 123 4567", "+|98 91|2 123| 4567"),
        ("4111111111111111", "4111|1111|1111|1111"),
    ],
)
def test_what_telegram_would_link_gets_a_joiner(text: str, seen: str) -> None:
    assert plain(text) == seen.replace("|", JOINER)


@pytest.mark.parametrize(
    "text", ["72.5%", "v0.32.15", "and/or", "C# و F#", "۱٫۵ برابر", "+1.2 تا +2.8", "1,789,406"]
)
def test_harmless_signs_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"می{ZWNJ}شود", f"می{ZWNJ}شود"),
        (f"LLM{ZWNJ}ها", f"LLM{ZWNJ}ها"),
        (f"ev{ZWNJ}il", "evil"),
        ("pay\u200bpal", "paypal"),
        ("abc\u202efdp.exe", f"abcfdp.{JOINER}exe"),
        ("\U000e0041\U000e0042متن", "متن"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\u200db", "ab"),
        ("\ud800متن", "متن"),
    ],
)
def test_invisible_characters_go_but_half_spaces_stay(text: str, seen: str) -> None:
    assert plain(text) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("كتاب علي مدرسة على", "کتاب علی مدرسه علی"),
        ("٠١٢٣٤٥٦٧٨٩", f"{RLM}۰۱۲۳۴۵۶۷۸۹"),
        ("ســـلام", "سلام"),
        ("یک   دو\u00a0سه \n چهار", "یک دو سه\nچهار"),
        ("یک\n\n\n\nدو\r\nسه", "یک\n\nدو\nسه"),
        ("\u202aمتن\u202c \u2067دیگر\u2069", "متن دیگر"),
    ],
)
def test_letters_digits_and_spaces_are_persian(text: str, seen: str) -> None:
    assert typeset(text) == seen


@pytest.mark.parametrize("line", ["GPT تازه است", "(vLLM) تندتر شد", "1. نخست", "🚀 Llama"])
def test_every_line_starts_right_to_left(line: str) -> None:
    set_text = typeset(f"سلام\n{line}")

    assert set_text.split("\n")[1].startswith(RLM) is (line != "1. نخست")


def test_a_long_text_takes_no_long_time() -> None:
    evil = "@a#b" * 25_000 + "." * 10_000 + "+1" * 10_000 + "\u200c" * 10_000

    assert detect(plain(evil)[:5000], []) == []


def test_lengths_are_those_of_telegram() -> None:
    assert (units("سلام"), units("😀"), units("")) == (4, 2, 0)


@pytest.mark.parametrize("piece", ["a.", "a-", "...", "می ", '"a', "«", "1,", "/a", "`", "ه‌ی "])
def test_typesetting_a_hostile_text_takes_no_long_time(piece: str) -> None:
    text = piece * 20_000

    started = process_time()
    typeset(text)
    assert process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "گام‌های پیش پردازش می‌کند",
        "مدت پیش فرض کردیم",
        "سال پیش نمایش داد",
        "داده را پیش آموزش خواهد داد",
        "هفتهٔ پیش نیاز نبود",
        "ماه پیش داوری",
    ],
)
def test_what_may_be_ago_is_not_tied_to_what_follows(text: str) -> None:
    assert typeset(text) == text


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("مقدار پیش فرض آن", "مقدار پیش|فرض آن"),
        ("رشد را پیش بینی می‌کند", "رشد را پیش|بینی می|کند"),
        ("محیطهای", "محیط|های"),
        ("نقصهای", "نقص|های"),
        ("ریسکهای", "ریسک|های"),
        ("زیرشبکهای", "زیرشبکه|ای"),
        ("گلخانهای", "گلخانه|ای"),
        ("پایاننامهای", "پایان|نامه|ای"),
        ("ثبتنامهای", "ثبتنامهای"),
        ("برمی گردد", "برمی|گردد"),
        ("بازنمیگردند", "بازنمی|گردند"),
        ("درمیان", "درمیان"),
        ("علیالخصوص", "علی|الخصوص"),
        ("توصیهگر", "توصیه|گر"),
        ("توصیهگرها", "توصیه|گرها"),
        ("تحلیل‌گرهای", "تحلیل|گرهای"),
    ],
)
def test_half_spaces_stand_where_a_word_is_known_to_end(text: str, want: str) -> None:
    set_text = typeset(text)

    assert set_text.replace(ZWNJ, "|") == want and typeset(set_text) == set_text
