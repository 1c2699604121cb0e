"""What becomes clickable by itself."""

import pytest

from bot.demo.detect import detect
from bot.demo.entities import Entity, utf16_slice


def found(text, asked=()):
    return [(e.type, utf16_slice(text, e.offset, e.end)) for e in detect(text, asked)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("سایت fast.ai خوب است", "fast.ai"),
        ("ببینید: example.com.", "example.com"),
        ("(https://a.org/x_(y)).", "https://a.org/x_(y)"),
        ("«https://a.org/ب»", "https://a.org/ب"),
        ("کد در main.py است", "main.py"),
        ("http://127.0.0.1:8000/a?b#c", "http://127.0.0.1:8000/a?b#c"),
        ("https://a.unknowntld/x", "https://a.unknowntld/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("🌍 OPENAI.COM/blog!", "OPENAI.COM/blog"),
    ],
)
def test_addresses(text, address):
    assert found(text) == [("url", address)]


@pytest.mark.parametrize(
    "text",
    [
        "llama.cpp",
        "نسخه 1.2.3",
        "Hello.World",
        "a..com",
        "x_y.com",
        "http://localhost/",
        "a/b.com",
    ],
)
def test_no_addresses(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#هوش_مصنوعی #هوش‌مصنوعی", ["#هوش_مصنوعی", "#هوش‌مصنوعی"]),
        ("#۱۴۰۴ #گپت۵", ["#گپت۵"]),
        ("x#a #b#c #c-d", ["#c"]),
        ("#شَبکه", ["#ش"]),
        ("#" + "ا" * 300, ["#" + "ا" * 256]),
    ],
)
def test_hashtags_follow_tdlib(text, tags):
    assert found(text) == [("hashtag", tag) for tag in tags]


def test_mentions_are_of_four_letters_or_known():
    assert found("@peyk @abc @gif a@peyk") == [("mention", "@peyk"), ("mention", "@gif")]


def test_commands_stand_alone():
    assert found("/start@peyk_bot x/y /help </b>") == [
        ("bot_command", "/start@peyk_bot"),
        ("bot_command", "/help"),
    ]


def test_emails_phones_and_shares():
    assert found("a.b@example.com") == [("email", "a.b@example.com")]
    assert found("+98 912 345 6789") == [("phone_number", "+98 912 345 6789")]
    assert found("$NVDA $nv x$AB") == [("cashtag", "$NVDA")]


def test_code_and_links_are_left_alone():
    asked = [Entity("code", 0, 6), Entity("text_link", 7, 6, url="http://c.d/")]

    assert found("a.com1 b.com2 c.com", asked) == [("url", "c.com")]
