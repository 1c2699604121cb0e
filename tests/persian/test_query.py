"""Queries as people write them; none is wrong."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.persian.folding import key
from bot.persian.query import LONGEST, MOST_TERMS, parse
from bot.persian.typography import plain

HOSTILE = '"«»“”-−#:*^()+{}[]\x00\u200c\u200f\u2060 ANDORNEAR/۱۴۰۳تااز after:before:شبکهیA.1@_\n'
queries = st.text(alphabet=HOSTILE, max_size=80) | st.text(max_size=60)


def words(text: str) -> list[str]:
    return [" ".join(term.words) for term in parse(text).terms]


def test_words_phrases_and_what_is_unwanted():
    query = parse('شبکه‌های "یادگیری عمیق" -تصویر -«مدل زبانی»')

    assert [(" ".join(t.words), t.exact) for t in query.terms] == [
        ("شبکه", False),
        ("یادگیر عمیق", True),
    ]
    assert [" ".join(t.words) for t in query.unwanted] == ["تصویر", "مدل زبان"]


def test_guillemets_and_curly_quotes_are_quotes():
    assert all(parse(text).terms[0].exact for text in ("«مدل زبانی»", "“مدل زبانی”", '"مدل زبانی'))


def test_hashtags_filter_and_are_no_words():
    query = parse("#Deep_Learning attention -#خبر")

    assert (query.tags, query.unwanted_tags) == (("Deep_Learning",), ("خبر",))
    assert words("#Deep_Learning attention -#خبر") == ["attention"]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("از:۱۴۰۳/۵ تا:۱۴۰۴", date(2024, 7, 22), date(2026, 3, 20)),
        ("after:1403/05/01 before:1403/05/03", date(2024, 7, 22), date(2024, 7, 23)),
        ("since:2024 until:2024-02", date(2024, 1, 1), date(2024, 2, 29)),
        ("از: ۱۴۰۳/۱۲/۳۰", date(2025, 3, 20), None),
        ("تا:1402/12", None, date(2024, 3, 19)),
    ],
)
def test_days_are_jalali_or_gregorian(written, first, last):
    query = parse(written)

    assert (query.first, query.last, query.terms) == (first, last, ())


@pytest.mark.parametrize("written", ["after:2024-13", "از:۱۴۰۳/۱۲/۳۱", "after:0000", "تا:9999"])
def test_a_day_that_there_is_not_is_told_and_limits_nothing(written):
    query = parse(f"شبکه {written}")

    assert query.no_days == (written,) and words(query.text.removesuffix(written)) == ["شبکه"]
    assert len(query.terms) == 1 and not query.first and not query.last


def test_common_words_go_where_others_stand():
    assert words("در مورد شبکه ها") == ["شبکه"]
    assert words("از به") == ["از", "به"]


def test_an_ending_apart_is_no_word():
    assert words("شبکه های عصبی می شود") == ["شبکه", "عصبی"]


@given(queries)
@example('"')
@example("-" * 10_000)
@example("NEAR(a b) OR ^x* AND col:\x00")
def test_no_query_is_wrong(text):
    query = parse(text)

    assert len(query.text) <= LONGEST and len(query.terms) <= MOST_TERMS
    assert all(term.words and all(term.words) for term in (*query.terms, *query.unwanted))
    assert all(0 <= term.start < term.end <= len(query.text) for term in query.terms)


@given(queries)
def test_a_query_is_understood_again_after_it_was_made_harmless(text):
    query = parse(text)
    again = parse(plain(query.text))

    def asked(one):
        terms = [[(t.words, t.exact) for t in terms] for terms in (one.terms, one.unwanted)]
        tags = [list(map(key, tags)) for tags in (one.tags, one.unwanted_tags)]
        return terms, tags, one.first, one.last

    assert asked(again) == asked(query)
