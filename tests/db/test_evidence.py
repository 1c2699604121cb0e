"""The passages that speak to a question."""

from datetime import UTC, datetime

import pytest

from bot.persian.folding import fold
from db import index, posts
from db.evidence import LONGEST_PASSAGE, Need, gather
from db.model import Post
from db.schema import open_db

POSTS = {
    1: "بهینه‌سازی\nروش گرادیان کاهشی وزن‌ها را قدم به قدم تغییر می‌دهد تا خطا کم شود.",
    2: "خبر\nسیستمهای توصیهگر به سلیقهٔ کاربران گوش می‌دهند و پیشنهادهای بهتری می‌دهند.",
    3: "Midjourney\nنسخهٔ تازهٔ این ابزار تصویرهای واقعی‌تری می‌سازد و در مرورگر اجرا می‌شود.",
    4: "#هوش_مصنوعی",
    5: "بلند\n" + "این جمله دربارهٔ هیچ چیز نیست. " * 60 + "مهاجرت نهنگ‌ها در پاییز است.",
}


@pytest.fixture(scope="module")
def db():
    found = open_db(":memory:")
    for number, text in POSTS.items():
        posts.add(found, Post(1, number, text, published=datetime(2026, 1, number, tzinfo=UTC)))
    index.catch_up(found)
    return found


def sound(word: str) -> str:
    return {"midjourney": "MDJRN", fold("میدجرنی"): "MDJRN"}.get(word, "")


def look(db, *needs: str | Need):
    asked = [need if isinstance(need, Need) else Need(fold(need)) for need in needs]
    return gather(db, asked, 3, sound)


def test_the_post_with_most_of_the_rare_words_comes_first(db):
    found = look(db, "گرادیان", "وزن", "خطا")

    assert found.passages[0].hit.message_id == 1
    assert found.coverage == 1.0


def test_what_nobody_wrote_about_has_no_evidence(db):
    assert look(db, "قورمه", "زعفران").passages == ()


def test_a_word_that_is_missing_lowers_the_coverage(db):
    found = look(db, "گرادیان", "قورمه")

    assert 0.2 < found.coverage < 0.8
    assert found.passages[0].missing == (fold("قورمه"),)


def test_a_need_is_met_under_another_name(db):
    need = Need("recommender", ((fold("توصیهگر"),),))

    assert look(db, need).passages[0].hit.message_id == 2


def test_a_name_is_heard_in_the_other_script(db):
    found = look(db, "میدجرنی")

    assert found.passages[0].hit.message_id == 3
    assert found.coverage < 1.0


def test_a_long_post_gives_the_passage_that_speaks_to_the_question(db):
    (found,) = look(db, "نهنگ", "مهاجرت").passages

    assert "نهنگ" in found.text
    assert len(found.text) <= LONGEST_PASSAGE


def test_a_post_of_tags_alone_tells_nothing(db):
    assert look(db, "هوش", "مصنوعی").passages == ()


def test_what_counts_less_weighs_less(db):
    light = look(db, "گرادیان", Need(fold("قورمه"), share=0.1)).coverage

    assert light > look(db, "گرادیان", "قورمه").coverage
