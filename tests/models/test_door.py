"""OpenAIModel against a server that misbehaves in every way we know."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.errors import ModelBusy, ModelError, ModelMissing, OverBudget
from bot.models import door
from bot.models.door import Dialect, Fallback, OpenAIModel, Prompt, Reply
from bot.models.stream import Token
from prompts.render import render
from tests.llm_server import LLMServer, Mode
from tests.writer_server import WriterServer

KEY = "sk-very-secret"


def prompt() -> Prompt:
    return render("summary", kind="paper", tags="#مقاله #ابزار", source="PeykNet\n\nA net.")


def model(llm: LLMServer, **options: float) -> OpenAIModel:
    given = {"attempt_seconds": 5.0, "max_retries": 1} | options
    return OpenAIModel(llm.url, KEY, "small", **given)  # type: ignore[arg-type]


async def ask(llm: LLMServer, **options: float) -> Reply:
    door = model(llm, **options)
    try:
        return await door.complete(prompt())
    finally:
        await door.close()


async def test_a_good_server_answers_with_the_requested_shape() -> None:
    async with LLMServer(cost=0.002) as llm:
        reply = await ask(llm)

    assert reply.data is not None
    assert reply.data.keys() == {"title", "body", "tags", "kind"}
    assert (reply.model, reply.cost) == ("small", 0.002)
    assert reply.prompt_tokens > 100 < reply.completion_tokens


@pytest.mark.parametrize(
    ("mode", "calls"), [(Mode.NO_SCHEMA, 2), (Mode.NO_FORMAT, 3), (Mode.NEW_API, 3)]
)
async def test_the_dialect_a_server_takes_is_remembered(mode: Mode, calls: int) -> None:
    async with LLMServer(mode) as llm:
        door = model(llm)
        first = await door.complete(prompt())
        second = await door.complete(prompt())
        await door.close()

    assert first.data and second.data
    assert llm.calls == calls + 1


async def test_thoughts_fences_and_chatter_do_not_matter() -> None:
    async with LLMServer(Mode.CHATTY) as llm:
        reply = await ask(llm)

    assert reply.data is not None
    assert "PeykNet" in reply.data["title"]


async def test_a_limit_is_waited_for() -> None:
    async with LLMServer(Mode.BUSY_ONCE) as llm:
        reply = await ask(llm)

    assert reply.data
    assert llm.calls == 2


@pytest.mark.parametrize("mode", [Mode.BUSY, Mode.BROKEN])
async def test_a_failing_server_is_busy(mode: Mode) -> None:
    async with LLMServer(mode) as llm:
        with pytest.raises(ModelBusy):
            await ask(llm)

    assert llm.calls == 2


async def test_a_silent_server_is_busy() -> None:
    async with LLMServer(Mode.HANG) as llm:
        with pytest.raises(ModelBusy, match="timed out"):
            await ask(llm, attempt_seconds=0.05)
        with pytest.raises(ModelBusy, match=r"no answer in 0\.1 s"):
            await ask(llm, total_seconds=0.1)


async def test_no_server_is_busy() -> None:
    async with LLMServer() as gone:
        pass

    with pytest.raises(ModelBusy):
        await ask(gone, max_retries=0)


async def test_a_web_page_is_no_answer() -> None:
    async with LLMServer(Mode.WEB_PAGE) as llm:
        with pytest.raises(ModelError, match="address"):
            await ask(llm)


async def test_an_answer_without_an_object_has_no_data() -> None:
    async with LLMServer(Mode.REFUSAL) as llm:
        reply = await ask(llm)

    assert reply.data is None
    assert reply.text.startswith("I'm sorry")


async def test_the_key_is_in_no_error_and_no_repr() -> None:
    async with LLMServer(Mode.DENIED) as llm:
        with pytest.raises(ModelError) as refused:
            await ask(llm)

    assert "***" in str(refused.value)
    assert KEY not in str(refused.value) + repr(refused.value) + repr(model(llm))


async def test_a_model_without_a_name_is_missing() -> None:
    with pytest.raises(ModelMissing):
        await OpenAIModel("http://127.0.0.1:1/v1", "", "").complete(prompt())


async def test_pictures_go_along_as_data_uris() -> None:
    picture = "data:image/png;base64,AAAA"
    async with LLMServer() as llm:
        door = model(llm)
        reply = await door.complete(Prompt("page", "1", "Read.", "this", images=(picture,)))
        await door.close()

    parts = llm.requests[0]["messages"][1]["content"]
    assert parts[1] == {"type": "image_url", "image_url": {"url": picture}}
    assert "response_format" not in llm.requests[0]
    assert reply.text and reply.data is None


async def test_one_door_serves_many_callers_at_once() -> None:
    async with LLMServer() as llm:
        door = model(llm)
        replies = await asyncio.gather(*(door.complete(prompt()) for _ in range(8)))
        await door.close()

    assert all(reply.data for reply in replies)


def test_openai_is_not_imported_with_the_door() -> None:
    code = f"import sys, {door.__name__}; sys.exit('openai' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_there_is_an_end_to_humility() -> None:
    dialect: Dialect | None = Dialect()
    seen = []
    while dialect:
        seen.append(dialect)
        complaint = "temperature max_tokens max_completion_tokens response_format"
        dialect = dialect.humbler(complaint, shaped=True)

    assert len(seen) == len(set(seen)) == 5


class Scripted:
    """Answers with what it was given, errors included."""

    def __init__(self, name: str, answer: Reply | Exception) -> None:
        self.name = name
        self.answer = answer
        self.asked = 0

    async def complete(self, prompt: Prompt) -> Reply:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_the_second_model_answers_when_the_first_fails() -> None:
    first, second = Scripted("a", ModelBusy("down")), Scripted("b", Reply("yes", model="b"))

    assert (await Fallback(first, second).complete(prompt())).model == "b"


async def test_over_budget_no_second_model_is_asked() -> None:
    second = Scripted("b", Reply("yes"))

    with pytest.raises(OverBudget):
        await Fallback(Scripted("a", OverBudget("spent")), second).complete(prompt())
    assert second.asked == 0


async def test_a_question_for_text_learns_the_dialect_too() -> None:
    async with LLMServer(Mode.NEW_API) as llm:
        asking = model(llm)
        for _ in range(2):
            await asking.complete(replace(prompt(), schema=None))
        await asking.close()

    assert "max_tokens" not in llm.requests[-1] and "temperature" not in llm.requests[-1]
    assert all("response_format" not in request for request in llm.requests)


@pytest.mark.parametrize(("reason", "cut"), [("length", True), ("stop", False), (None, False)])
def test_an_answer_that_was_cut_off_says_so(reason: str | None, cut: bool) -> None:
    message = SimpleNamespace(content="text", refusal=None)
    completion = SimpleNamespace(
        choices=[SimpleNamespace(message=message, finish_reason=reason)], usage=None, model="m"
    )

    reply = door._reply(completion, prompt())

    assert reply and reply.truncated is cut


def test_a_picture_counts_in_the_estimate_of_tokens() -> None:
    with_picture = replace(prompt(), images=("data:image/jpeg;base64,AA==",))

    assert door.most_tokens(with_picture) == door.most_tokens(prompt()) + door.PICTURE_TOKENS


def chunk(text: str | None, *told: tuple[str, float | None]) -> SimpleNamespace:
    """A piece of a streamed answer, with logprobs as a server tells them."""
    tokens = [
        SimpleNamespace(token=t, logprob=p, top_logprobs=[SimpleNamespace(token=t, logprob=p)])
        for t, p in told
    ]
    delta, logprobs = SimpleNamespace(content=text), SimpleNamespace(content=tokens or None)
    return SimpleNamespace(choices=[SimpleNamespace(delta=delta, logprobs=logprobs)])


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        (chunk("سل"), [Token("سل")]),
        (chunk("سل", ("سل", -0.5)), [Token("سل", -0.5, (("سل", -0.5),))]),
        (
            chunk("🦊", ("?", -1.0), ("?", -2.0)),
            [Token("🦊", -1.0, (("?", -1.0),)), Token("", -2.0, (("?", -2.0),))],
        ),
        (chunk("a\ud83db"), [Token("ab")]),
        (chunk("a", ("a", None)), [Token("a")]),
        (chunk(None), []),
        (SimpleNamespace(choices=[]), []),
        ("nonsense", []),
    ],
)
def test_a_piece_of_a_stream_is_read_with_suspicion(said: object, tokens: list[Token]) -> None:
    assert list(door._tokens(said)) == tokens


async def streamed(model: OpenAIModel) -> str:
    try:
        return "".join([token.text async for token in model.stream(prompt())])
    finally:
        await model.close()


async def test_an_answer_can_be_read_while_it_is_made() -> None:
    async with WriterServer("<think> hm </think> یک دو") as writer:
        assert await streamed(OpenAIModel(writer.url, "", "small")) == "یک دو "


@pytest.mark.parametrize(
    ("finish", "done", "told"),
    [("stop", True, "stop"), ("length", True, "length"), ("stop", False, "stop"),
     (None, True, "stop")],
)  # fmt: skip
async def test_the_last_token_tells_why_an_answer_ends(
    finish: str | None, done: bool, told: str
) -> None:
    async with WriterServer("یک دو") as writer:
        writer.finish, writer.done = finish, done
        model = OpenAIModel(writer.url, "", "small")
        tokens = [token async for token in model.stream(prompt())]
        await model.close()

    assert "".join(token.text for token in tokens) == "یک دو "
    assert [token.finish for token in tokens] == ["", "", told]


@pytest.mark.parametrize("says", ["یک دو", "\ndata: [DONE]"])
async def test_a_stream_that_just_ends_is_no_answer(says: str) -> None:
    async with WriterServer(says) as writer:
        writer.finish, writer.done = None, False
        with pytest.raises(ModelBusy, match="broke off"):
            await streamed(OpenAIModel(writer.url, "", "small"))


@pytest.mark.parametrize("mode", [Mode.WEB_PAGE, Mode.GOOD])  # GOOD knows of no streams
async def test_what_is_no_stream_is_no_answer(mode: Mode) -> None:
    async with LLMServer(mode) as llm:
        with pytest.raises(ModelError, match="address"):
            await streamed(OpenAIModel(llm.url, "", "small"))


async def test_the_connection_of_a_whole_answer_is_used_again() -> None:
    async with WriterServer("یک") as writer:
        model = OpenAIModel(writer.url, "", "small")
        for _ in range(3):
            assert [token async for token in model.stream(prompt())]
        await model.close()

    assert writer.connections == 1


async def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "LONGEST_ANSWER", 10)
    async with WriterServer("یک دو سه " * 100) as writer:
        writer.stops_after = 10
        model = OpenAIModel(writer.url, "", "small")
        tokens = [token async for token in model.stream(prompt())]
        await model.close()

    assert tokens[-1].finish == "length" and len(tokens) < 7


async def test_a_server_that_is_not_there_is_named_with_its_port_and_what_to_do() -> None:
    model = OpenAIModel("http://me:pass@127.0.0.1:1/v1", "", "", max_retries=0, setting="PEYK_X")
    with pytest.raises(ModelBusy) as refused:
        await model.offered()
    await model.close()

    assert str(refused.value) == (
        "PEYK_X: the server at 127.0.0.1:1: no connection; start it, or correct the address"
    )


async def test_closing_a_stream_closes_the_connection() -> None:
    async with WriterServer("یک دو سه " * 1000) as writer:
        writer.stops_after = 1
        model = OpenAIModel(writer.url, "", "small")
        tokens = model.stream(prompt())
        await anext(tokens)
        await tokens.aclose()
        writer.go_on()
        for _ in range(500):
            if not writer.open:
                break
            await asyncio.sleep(0.01)
        still_writing = writer.open
        await model.close()

    assert not still_writing


async def test_a_stream_that_is_cut_off_is_busy() -> None:
    async with WriterServer("یک دو سه") as writer:
        writer.stops_after = 1
        model = OpenAIModel(writer.url, "", "small", max_retries=0)
        tokens = model.stream(prompt())
        first = await anext(tokens)
        await writer._server.close_all_connections()
        with pytest.raises(ModelBusy):
            await anext(tokens)
        await model.close()

    assert first.text == "یک "


async def test_a_stream_that_stands_still_is_given_up() -> None:
    async with WriterServer("یک دو سه") as writer:
        writer.stops_after = 1
        with pytest.raises(ModelBusy, match=r"no answer in 0\.2 s"):
            await streamed(OpenAIModel(writer.url, "", "small", total_seconds=0.2))


@pytest.mark.parametrize(("mode", "kind"), [(Mode.BROKEN, ModelBusy), (Mode.DENIED, ModelError)])
async def test_a_stream_that_is_refused_raises_as_an_answer_does(
    mode: Mode, kind: type[Exception]
) -> None:
    async with LLMServer(mode) as llm:
        with pytest.raises(kind) as refused:
            await streamed(OpenAIModel(llm.url, KEY, "small", max_retries=0))

    assert KEY not in str(refused.value)


def test_a_server_without_logprobs_is_asked_without_them() -> None:
    humbler = Dialect().humbler("HTTP 400: logprobs is not supported", shaped=False)

    assert humbler and not humbler.logprobs


def test_a_question_too_long_has_no_humbler_form() -> None:
    assert Dialect().humbler("HTTP 400: exceeds the available context size", shaped=True) is None


async def test_a_server_that_lists_no_models_says_so() -> None:
    async with LLMServer() as llm:
        model = OpenAIModel(llm.url, KEY, "", max_retries=0)
        with pytest.raises(ModelError, match="HTTP 404"):
            await model.offered()
        await model.close()
