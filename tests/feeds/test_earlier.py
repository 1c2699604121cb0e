"""News that the channel has told already is recognised; other news is not taken for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from db import index, posts
from db.model import Draft, Item, Kind, Post
from db.schema import open_db
from feeds.earlier import marked
from handlers.texts import approval
from tests.bench import persian_posts

ZONE = ZoneInfo("Asia/Tehran")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLDER = (
    "انتشار DeepSeek-R1 با وزن‌های باز",
    "مدل تازهٔ Qwen2.5-VL برای فهم ویدئو معرفی شد",
    "گوگل قیمت Gemini 1.5 Flash را نصف کرد",
    "کتابخانهٔ vLLM نسخهٔ 0.6.0 را منتشر کرد",
    "قانون هوش مصنوعی اتحادیهٔ اروپا تصویب شد",
    "روشی برای کوانتیزه‌کردن مدل‌های زبانی بدون افت دقت",
)
PAPER = "https://arxiv.org/abs/2410.10629"


@pytest.fixture(scope="module")
def db():
    db = open_db(":memory:")
    for post in persian_posts.posts(300):
        posts.add(db, post)
    for number, title in enumerate(OLDER, 1):
        at = NOW - timedelta(days=20 * number)
        posts.add(
            db, Post(1, number, f"{title}\nشرح خبر.", published=at, url=f"https://t.me/p/{number}")
        )
    link = {"type": "text_link", "offset": 0, "length": 5, "url": PAPER}
    posts.add(db, Post(1, 50, "مقاله دربارهٔ تصویر", (link,), published=NOW - timedelta(days=900)))
    lists = " ".join(f"https://arxiv.org/abs/2411.0000{n}" for n in range(1, 8))
    posts.add(db, Post(1, 51, f"مقاله‌های هفته\n{lists}", published=NOW - timedelta(days=3)))
    while index.catch_up(db):
        pass
    yield db
    db.close()


def remarks(
    db, title, url="https://example.org/news/1", identity="url:https://example.org/news/1"
):
    item = Item(identity, "s", Kind.NEWS, "t", "x", url, published=NOW)
    draft = marked(db, item, Draft(1, Kind.NEWS, title, "متن"), ZONE)
    return [remark for remark in draft.remarks if remark["kind"] == "told-before"]


@pytest.mark.parametrize(
    ("title", "older"),
    [
        ("DeepSeek-R1 با وزنهای باز منتشر شد: انتشار", 0),
        ("معرفی مدل جدید Qwen2.5-VL برای فهم ویدئو", 1),
        ("قیمت Gemini 1.5 Flash گوگل نصف شد", 2),
        ("تصویب قانون هوش مصنوعی اتحادیه اروپا", 4),
        ("روش کوانتیزه کردن مدل های زبانی بدون افت دقت", 5),
    ],
)
def test_the_same_news_in_other_words_is_recognised(db, title, older):
    (remark,) = remarks(db, title)

    assert remark["title"] == OLDER[older]


@pytest.mark.parametrize(
    "title",
    [
        "انتشار DeepSeek-V3 با وزن‌های باز",
        "مدل تازهٔ Qwen3-VL برای فهم ویدئو معرفی شد",
        "گوگل قیمت Gemini 2.0 Flash را نصف کرد",
        "کتابخانهٔ vLLM نسخهٔ 0.7.0 را منتشر کرد",
        "قانون هوش مصنوعی کره تصویب شد",
        "روشی برای تقطیر مدل‌های زبانی بدون افت دقت",
        "هوش مصنوعی",
        "",
    ],
)
def test_other_news_in_like_words_is_not(db, title):
    assert remarks(db, title) == []


def test_a_post_that_leads_to_the_same_paper_is_recognised_whatever_it_says(db):
    (remark,) = remarks(db, "عنوانی دیگر", f"{PAPER}v2", "arxiv:2410.10629")

    assert remark["title"] == "مقاله دربارهٔ تصویر"


def test_a_list_of_links_tells_no_news(db):
    assert remarks(db, "عنوانی", "https://arxiv.org/abs/2411.00003", "arxiv:2411.00003") == []


def test_the_card_says_it_in_persian(db):
    (remark,) = remarks(db, OLDER[4])

    said = approval.remark(remark)
    assert said.startswith("پیش‌تر در ") and "۱۴۰۵ منتشر شده: «قانون" in said
