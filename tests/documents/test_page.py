"""One page: who is asked for it, what is believed, and what is done about the rest."""

import pytest

from bot.documents.page import Doors, Origin, PageText, Task, key_of, read_page
from bot.documents.reader import Answer
from bot.errors import ModelBusy, ModelError, OverBudget
from tests.documents.paper import HALF, LONG, Drawer, Scripted, packed, written

JPEG = packed(written(16))
TASK = Task(7, JPEG, 400)
LOOP = "\n".join([LONG, *["the same line said again"] * 9])
BAD = {
    "empty": "",
    "refusal": "I'm sorry, but I can't help with reading this picture.",
    "loop": LOOP,
    "too-long": " ".join(f"word{n}" for n in range(2000)),
    "truncated": Answer(LONG, truncated=True),
    "link-only": "https://example.org/free-prize",
}


async def read(task: Task = TASK, cache: Drawer | None = None, **doors: Scripted) -> PageText:
    return await read_page(task, Doors(**doors), cache or Drawer())  # type: ignore[arg-type]


async def test_a_good_answer_is_asked_for_once() -> None:
    eye = Scripted(LONG)

    page = await read(first=eye)

    assert (page.page, page.text, page.origin, page.doubts) == (7, LONG, Origin.MODEL, ())
    assert eye.asked == [JPEG] and eye.warmths == [0.0]


@pytest.mark.parametrize("fault", BAD)
async def test_a_bad_answer_is_asked_for_again_in_halves(fault: str) -> None:
    eye = Scripted(BAD[fault], f"Upper. {HALF}", f"Lower. {HALF}")

    page = await read(first=eye)

    assert page.text == f"Upper. {HALF}\n\nLower. {HALF}"
    assert page.doubts == () and len(eye.asked) == 3 and JPEG not in eye.asked[1:]
    assert eye.warmths[0] < eye.warmths[1]


@pytest.mark.parametrize("fault", BAD)
async def test_what_stays_bad_is_marked(fault: str) -> None:
    eye = Scripted(BAD[fault])

    page = await read(first=eye)

    assert fault in page.doubts and page.needs_eye
    assert len(eye.asked) == 9 and len(set(eye.warmths)) == 3


async def test_a_loop_that_stays_is_shown_once() -> None:
    page = await read(first=Scripted(LOOP))

    assert "loop" in page.doubts
    assert "again\nthe same" not in page.text and "the same line said again" in page.text


async def test_a_refusal_that_stays_is_not_shown_as_the_page() -> None:
    page = await read(first=Scripted(BAD["refusal"]))

    assert (page.text, page.origin) == ("", Origin.NOBODY)


async def test_what_no_model_would_read_is_read_offline_and_marked() -> None:
    page = await read(first=Scripted(BAD["refusal"]), offline=Scripted(LONG))

    assert (page.text, page.origin) == (LONG, Origin.TESSERACT)
    assert "refusal" in page.doubts


async def test_less_than_the_pixels_promise_is_marked_and_not_paid_for_again() -> None:
    eye, cache = Scripted("Title"), Drawer()

    page = await read(cache=cache, first=eye)

    assert page.doubts == ("too-short",) and len(eye.asked) == 1
    assert (await read(cache=cache, first=eye)).cached and len(eye.asked) == 1


async def test_the_second_model_reads_what_the_first_cannot() -> None:
    first, second = Scripted(LOOP), Scripted(HALF, name="other")

    page = await read(first=first, second=second)

    assert page.doubts == () and len(second.asked) == 2


async def test_the_end_of_the_page_before_is_told_at_a_second_reading_only() -> None:
    eye = Scripted("", HALF, HALF)

    await read(Task(7, JPEG, 400, before="and so it"), first=eye)

    assert eye.told == ["", "and so it", "and so it"]


async def test_a_busy_model_is_asked_twice() -> None:
    eye = Scripted(ModelBusy("500"), LONG)

    assert (await read(first=eye)).text == LONG and len(eye.asked) == 2


async def test_a_model_that_refuses_the_request_is_not_asked_twice() -> None:
    eye = Scripted(ModelError("HTTP 400"))

    page = await read(first=eye)

    assert (page.origin, page.doubts, len(eye.asked)) == (Origin.NOBODY, ("unreachable",), 1)


async def test_tesseract_reads_when_no_model_can_be_reached() -> None:
    page = await read(first=Scripted(ModelBusy("500")), offline=Scripted(LONG, name="tesseract"))

    assert (page.origin, page.text, page.model) == (Origin.TESSERACT, LONG, "tesseract")


async def test_over_the_budget_tesseract_reads_or_nobody() -> None:
    broke = Scripted(OverBudget("no tokens"))

    assert (await read(first=broke, offline=Scripted(LONG))).origin is Origin.TESSERACT
    with pytest.raises(OverBudget):
        await read(first=broke)


async def test_half_a_page_is_better_than_nothing_when_the_model_goes_away() -> None:
    page = await read(first=Scripted(LOOP, ModelBusy("500")))

    assert page.origin is Origin.MODEL and "loop" in page.doubts and LONG in page.text


# Paid once


async def test_a_page_is_paid_for_once_wherever_it_stands() -> None:
    eye, cache = Scripted(LONG), Drawer()
    await read(cache=cache, first=eye)

    page = await read(Task(1, JPEG, 400), cache=cache, first=eye)

    assert (page.page, page.text, page.cached, len(eye.asked)) == (1, LONG, True, 1)


async def test_a_doubtful_page_is_read_again_when_it_is_sent_again() -> None:
    eye, cache = Scripted(*[LOOP] * 9, LONG), Drawer()
    await read(cache=cache, first=eye)

    assert (await read(cache=cache, first=eye)).text == LONG


def test_another_model_prompt_or_picture_is_another_page() -> None:
    other = Scripted(LONG)
    other.version = "2"
    keys = [
        key_of(JPEG, Scripted(LONG)),
        key_of(JPEG, Scripted(LONG, name="large")),
        key_of(JPEG, other),
        key_of(JPEG + b" ", Scripted(LONG)),
    ]

    assert len(set(keys)) == 4


def test_a_page_survives_its_way_through_json() -> None:
    page = PageText(3, "متن", Origin.LAYER, ("loop",), "m", 90)

    assert PageText.from_dict(page.as_dict()) == page


# Layers

LAYER = "It is the text of this page and no other, as its author once wrote it down. " * 6
SEEN = "It is the text of this page and no other, as its author once wrate it down."


async def test_a_layer_that_agrees_is_taken_and_nothing_is_paid() -> None:
    eye, free = Scripted(LONG), Scripted(SEEN)

    page = await read(Task(7, JPEG, 400, layers=(LAYER,)), first=eye, offline=free)

    assert (page.origin, page.text) == (Origin.LAYER, LAYER.strip()) and not eye.asked


async def test_a_layer_that_does_not_agree_is_left() -> None:
    free = Scripted("Quite other words stand here, about something else than what the file says.")

    page = await read(Task(7, JPEG, 400, layers=(LAYER,)), first=Scripted(LONG), offline=free)

    assert (page.origin, page.text) == (Origin.MODEL, LONG)


async def test_without_tesseract_the_model_looks_at_a_few_lines() -> None:
    eye = Scripted(SEEN)

    page = await read(Task(7, JPEG, 400, layers=(LAYER,)), first=eye)

    assert page.origin is Origin.LAYER
    assert len(eye.asked) == 1 and len(eye.asked[0]) < len(JPEG) / 2


async def test_that_look_is_paid_for_once() -> None:
    eye, cache = Scripted(SEEN), Drawer()
    task = Task(7, JPEG, 400, layers=(LAYER,))

    await read(task, cache=cache, first=eye)
    await read(task, cache=cache, first=eye)

    assert len(eye.asked) == 1


async def test_a_layer_is_not_taken_when_nobody_could_look() -> None:
    eye = Scripted(ModelBusy("500"), ModelBusy("500"), LONG)

    page = await read(Task(7, JPEG, 400, layers=(LAYER,)), first=eye)

    assert page.origin is Origin.MODEL
