"""A second model may doubt what the first wrote; one that does not answer stops nothing."""

from typing import Any

from bot.errors import ModelBusy
from bot.models.door import Prompt, Reply
from db.model import Item, Kind
from feeds.write import write, write_thread
from prompts.vocabulary import load
from prompts.voice import Voice

VOCABULARY = load()
TEXT = "We propose PeykNet, a net for agents. PeykNet outperforms Foo on the Bar benchmark. " * 3
ITEM = Item("arxiv:1", "a", Kind.PAPER, "PeykNet: a net", TEXT, "https://arxiv.org/abs/1", id=7)
BODY = (
    "شبکهٔ PeykNet برای عامل‌ها معرفی شده است و نویسندگان آن را به‌روشنی شرح داده‌اند.\n\n"
    "به گفتهٔ آن‌ها Foo در محک Bar از PeykNet جلو می‌زند و راه را برای کارهای بعدی باز می‌گذارد."
)
MENDED = BODY.replace("Foo در محک Bar از PeykNet", "PeykNet در محک Bar از Foo")


class Scripted:
    """Says what it is told to, in order; an error is raised."""

    name = "scripted"

    def __init__(self, *replies: dict[str, Any] | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[Prompt] = []

    async def complete(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return Reply("", data=reply, model=self.name)


def answer(body: str) -> dict[str, Any]:
    return {"title": "شبکهٔ PeykNet برای عامل‌ها", "body": body, "tags": [], "kind": "paper"}


def opinion(verdict: str) -> dict[str, Any]:
    return {"verdicts": [{"number": 3, "verdict": verdict, "why": "برعکس است"}]}


async def test_a_contradiction_goes_back_to_the_writer_once() -> None:
    writer = Scripted(answer(BODY), answer(MENDED))
    second = Scripted(opinion("contradicted"), opinion("supported"))

    draft = await write(ITEM, writer, VOCABULARY, second=second)

    assert draft.body.startswith("شبکهٔ") and not draft.remarks
    assert "مدل دوم این جمله را خلاف منبع می‌داند" in writer.asked[1].user
    assert [prompt.name for prompt in second.asked] == ["check", "check"]


async def test_what_is_still_contradicted_reaches_the_admins() -> None:
    second = Scripted(opinion("contradicted"), opinion("contradicted"))

    draft = await write(ITEM, Scripted(answer(BODY), answer(BODY)), VOCABULARY, second=second)

    (remark,) = draft.remarks
    assert remark["kind"] == "second-opinion" and "Foo" in remark["words"][0]
    assert "outperforms Foo" in remark["source"]


async def test_a_second_model_that_fails_stops_nothing() -> None:
    second = Scripted(ModelBusy("down"))

    draft = await write(ITEM, Scripted(answer(BODY)), VOCABULARY, second=second)

    assert not draft.remarks


async def test_an_answer_that_goes_back_anyhow_is_not_asked_about() -> None:
    wrong = BODY.replace("Foo", "Zorblax")
    second = Scripted(opinion("supported"))

    await write(ITEM, Scripted(answer(wrong), answer(MENDED)), VOCABULARY, second=second)

    assert len(second.asked) == 1 and "Zorblax" not in second.asked[0].user


async def test_each_part_of_a_thread_is_asked_about() -> None:
    other = (
        "نویسندگان می‌گویند PeykNet برای عامل‌ها ساخته شده و هر کس می‌تواند آن را بسنجد.\n\n"
        "در این بخش می‌خوانیم که محک Bar چگونه PeykNet و Foo را کنار هم می‌گذارد و چه می‌گوید."
    )
    told = {"parts": [answer(BODY), answer(other)], "tags": [], "kind": "paper"}
    second = Scripted(opinion("supported"), opinion("contradicted"), *[opinion("supported")] * 2)

    await write_thread(ITEM, (writer := Scripted(told, told)), VOCABULARY, Voice(), second)

    assert "قسمت 2: مدل دوم این جمله را خلاف منبع می‌داند" in writer.asked[1].user
