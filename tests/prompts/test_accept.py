"""What is let through of a model's answer."""

from typing import Any

import pytest

from bot.demo.detect import detect
from db.model import Item, Kind
from prompts.accept import Accepted, accept
from prompts.vocabulary import parse

VOCABULARY = parse(
    "#مقاله: paper\n#خبر: news\n#مدل_زبانی: LLM\n#a: b\n#c: d\n#e: f\n#g: h\n#i: j\n"
)
ITEM = Item("x", "s", Kind.NEWS, "A title", "An open-source tool.", "https://example.org/x")
NEWS = "مدل تازه‌ای معرفی شده است که با دادهٔ کمتری آموزش می‌بیند و دقت خوبی دارد."
DOUBT = "با این همه، هنوز معلوم نیست که در کارهای دیگر هم به همین خوبی باشد یا نه."
GOOD = {
    "title": "مدلی تازه با دادهٔ کمتر",
    "body": f"{NEWS}\n\n{DOUBT}",
    "tags": [],
    "kind": "news",
}


def judged(**changes: Any) -> Accepted:
    return accept({**GOOD, **changes}, ITEM, VOCABULARY)


def kinds(reasons: tuple[dict[str, Any], ...]) -> list[str]:
    return [reason["kind"] for reason in reasons]


def test_a_good_answer_passes_unchanged() -> None:
    accepted = judged(tags=["#مدل_زبانی"])

    assert (accepted.title, accepted.body) == (GOOD["title"], GOOD["body"])
    assert accepted.tags == ("#مدل_زبانی",)
    assert not accepted.reasons and not accepted.remarks


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"title": None}, "missing"),
        ({"body": ["a", "b"]}, "missing"),
        ({"title": " \n "}, "empty"),
        ({"title": "مدل"}, "too-short"),
        ({"body": "یک خبر کوتاه.\n\nهمین."}, "too-short"),
        ({"title": "مدل تازه " * 20}, "too-long"),
        ({"body": "\n\n".join(f"{NEWS} {n}" * 7 for n in range(5))}, "too-long"),
        ({"body": NEWS * 2}, "paragraphs"),
        ({"body": "\n\n".join(f"{n} {NEWS}" for n in range(7))}, "paragraphs"),
        ({"title": "A New Model Is Here"}, "not-persian"),
        (
            {"body": "A model.\n\n" + "It is better than the others in every way. " * 4},
            "not-persian",
        ),
        ({"body": f"{NEWS}\n\n{'We propose a model of models. ' * 5}"}, "not-persian"),
        ({"body": f"به عنوان یک مدل زبانی نمی‌توانم بنویسم.\n\n{NEWS}\n\n{DOUBT}"}, "refusal"),
        ({"body": f"البته! این هم خلاصه:\n\n{NEWS}\n\n{DOUBT}"}, "chatter"),
        ({"body": f"{NEWS}\n\n{DOUBT}\n\nامیدوارم مفید باشد."}, "chatter"),
        ({"body": f"به عنوان یک مدل زبانی، خلاصهٔ متن: {NEWS}\n\n{DOUBT}"}, "chatter"),
        ({"body": f"{NEWS}\n\n{DOUBT} چکیدهٔ خبر در ادامه آمده است."}, "chatter"),
        ({"body": f"{NEWS} وای! چه خبری.\n\n{DOUBT}"}, "chatter"),
        ({"body": f"{NEWS}\n\n{DOUBT} 🔥🔥🔥"}, "chatter"),
        ({"body": f"{NEWS}\n\n{NEWS} {NEWS}"}, "repeats"),
        ({"body": f"{NEWS}\n\n{DOUBT} https://a.ir http://b.ir www.c.ir"}, "own-link"),
        ({"body": f"{NEWS}\n\n{DOUBT} @abcd @efgh @ijkl"}, "own-mention"),
        ({"body": f"{NEWS}\n\n{DOUBT} " + "#یک " * 9}, "own-hashtag"),
        ({"body": f"{NEWS}\n\n{DOUBT} " + "<b>ب</b>" * 9}, "own-markup"),
    ],
)
def test_an_unfit_answer_is_refused_with_the_reason(changes: dict[str, Any], kind: str) -> None:
    assert kind in kinds(judged(**changes).reasons)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, "not-json"),
        ("", "not-json"),
        ([GOOD], "not-json"),
        ("I'm sorry, but I can't do that.", "refusal"),
        ("متأسفم، نمی‌توانم این درخواست را انجام دهم.", "refusal"),
    ],
)
def test_without_an_object_the_answer_says_why(answer: object, kind: str) -> None:
    assert kinds(accept(answer, ITEM, VOCABULARY).reasons) == [kind]


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        (" https://evil.example/x", "own-link"),
        (" [اینجا](https://evil.example).", "own-markup"),
        (" evil.example/login", "own-link"),
        (" me@evil.example", "own-link"),
        (" @evil_bot", "own-mention"),
        ("\n\n#تبلیغ #خرید", "own-hashtag"),
        (" <a href='https://evil.example'></a>", "own-markup"),
        (" <!-- evil -->", "own-markup"),
    ],
)
def test_a_small_foible_is_taken_out_and_told(extra: str, kind: str) -> None:
    accepted = judged(body=GOOD["body"] + extra)

    assert not accepted.reasons
    assert kinds(accepted.remarks) == [kind]
    assert "evil" not in accepted.body and "#" not in accepted.body
    assert detect(accepted.body + str(accepted.remarks), []) == []


@pytest.mark.parametrize(
    "body", [f"**{NEWS}**\n\n`{DOUBT}`", f"## {NEWS}\n\n> {DOUBT}", f"<p>{NEWS}</p>\n{DOUBT}"]
)
def test_markup_goes_and_its_words_stay(body: str) -> None:
    assert judged(body=body).body == GOOD["body"]


def test_markup_goes_from_lines_that_begin_in_latin_script() -> None:
    assert judged(body=f"## PeykNet: {NEWS}\n\n{DOUBT}").body.startswith("\u200fPeykNet: مدل")


def test_a_title_is_one_line() -> None:
    assert judged(title="مدلی تازه\n\nPeykNet نام دارد").title == "مدلی تازه PeykNet نام دارد"


@pytest.mark.parametrize(
    "opening", ["این ابزار به عنوان یک مدل زبانی متن‌باز آمده است.", "البته این تنها راه نیست."]
)
def test_talk_of_models_is_no_talk_with_the_reader(opening: str) -> None:
    assert not judged(body=f"{opening} {NEWS}\n\n{DOUBT}").reasons


def test_names_with_dots_and_sharps_are_no_foibles() -> None:
    accepted = judged(body=f"{NEWS} با llama.cpp و C# و Node.js کار می‌کند.\n\n{DOUBT}")

    assert not accepted.remarks
    assert detect(accepted.body, []) == []


def test_tags_are_the_channels_and_at_most_five() -> None:
    accepted = judged(tags=["LLM", "#تبلیغ", 3, "a", "c", "e", "g", "i", "LLM"])

    assert accepted.tags == ("#مدل_زبانی", "#a", "#c", "#e", "#g")
    assert kinds(accepted.remarks) == ["unknown-tag"]


@pytest.mark.parametrize(
    ("feed", "said", "kind"),
    [
        (Kind.NEWS, "tool", Kind.TOOL),
        (Kind.NEWS, "nonsense", Kind.NEWS),
        (Kind.NEWS, ["x"], Kind.NEWS),
        (Kind.PAPER, "news", Kind.PAPER),
        (Kind.RELEASE, "tool", Kind.RELEASE),
    ],
)
def test_the_kind_of_papers_and_releases_is_the_feeds(
    feed: Kind, said: object, kind: Kind
) -> None:
    item = Item("x", "s", feed, "A title", "An open-source tool.", "https://example.org/x")

    assert accept({**GOOD, "kind": said}, item, VOCABULARY).kind is kind


def test_huge_fields_are_judged_quickly() -> None:
    huge = {"title": "<" * 100_000, "body": "[a](" * 50_000 + "@a" * 50_000, "tags": ["x"] * 9999}

    assert "too-long" in kinds(accept(huge, ITEM, VOCABULARY).reasons)


def test_a_short_answer_reaches_the_admins_with_a_remark() -> None:
    answer = {
        "title": "مدلی تازه برای خواندن متن",
        "body": "این مدل تازه متن را می‌خواند.",
        "tags": [],
        "kind": "paper",
    }

    accepted = accept(answer, ITEM, VOCABULARY)

    assert {one["kind"] for one in accepted.doubts} == {"too-short", "paragraphs"}
    assert accepted.faults == ()
