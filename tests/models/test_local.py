"""The offline model, run for real with a small one, and everything that may go wrong with it."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from bot import doctor
from bot.config import Settings
from bot.confined import environment
from bot.errors import ModelBusy, ModelError, ModelMissing
from bot.models import engine, engine_room, memory
from bot.models.door import Prompt
from bot.models.homes import FromFile, Limits, OnDisk
from bot.models.local import LocalModel, local_model
from bot.models.stream import Turn
from tests.llm_server import LLMServer, Mode
from tests.newsroom import newsroom
from tests.scribe import scribe
from tests.small_models import gemma, smol
from tests.writer_server import WriterServer

STORY = Prompt("story", "1", "You tell stories.", "Tell a long one about a fox.", max_tokens=300)
SHORT = Prompt("word", "1", "You are brief.", "Name an animal.", max_tokens=4)
LONG_TO_READ = Prompt("long", "1", "You are brief.", "one two three " * 1100, max_tokens=4)


def home(path: Path, **limits: float) -> FromFile:
    return FromFile(OnDisk(path), Limits(**({"context": 1024} | limits)))  # type: ignore[arg-type]


@asynccontextmanager
async def opened(place: FromFile, idle: float = 0.0) -> AsyncIterator[LocalModel]:
    model = LocalModel(place, idle)
    try:
        yield model
    finally:
        await model.close()


async def said(model: LocalModel, prompt: Prompt = SHORT, **options: int) -> list[str]:
    return [token.text async for token in model.stream(prompt, **options)]  # type: ignore[arg-type]


async def busy(place: FromFile) -> int:
    """How many of the server's slots work, as it says itself."""
    address = f"{place.room.address.removesuffix('/v1')}/slots"
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(address, headers={"Authorization": f"Bearer {place.room.key}"})
    return sum(slot["is_processing"] for slot in answer.json())


async def read_anew(place: FromFile, system: str, user: str) -> int:
    """How many tokens of a question the server had to read, as it says itself."""
    key = {"Authorization": f"Bearer {place.room.key}"}
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    asked = {"messages": messages, "max_tokens": 1}
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        address = f"{place.room.address}/chat/completions"
        answer = await client.post(address, json=asked, headers=key)
    return int(answer.json()["timings"]["prompt_n"])


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    for _ in range(1000):
        found = condition()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


async def works(place: FromFile) -> bool:
    return await busy(place) > 0


async def rests(place: FromFile) -> bool:
    return await busy(place) == 0


def gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody buries has, too."""
    try:
        os.kill(pid, 0)
        return ") Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return True


async def test_it_is_loaded_by_the_first_question_and_streams() -> None:
    place = home(smol())
    async with opened(place) as model:
        before = model.loaded
        tokens = [token async for token in model.stream(SHORT, top_logprobs=5, seed=1)]
        again = [token async for token in model.stream(SHORT, top_logprobs=5, seed=1)]
        counted = await model.count("Name an animal.")

    assert (before, model.name) == (False, "SmolLM2-135M-Instruct.Q4_1")
    assert "".join(token.text for token in tokens).strip()
    assert all(token.logprob is not None and len(token.top) == 5 for token in tokens[:-1])
    assert [token.text for token in again] == [token.text for token in tokens]
    assert counted == 4


async def test_what_was_said_earlier_is_known_and_a_shape_is_kept_to() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    shaped = Prompt("n", "1", "Answer in JSON.", "A number?", schema, max_tokens=40)
    async with opened(home(smol())) as model:
        reply = await model.complete(shaped)
        alone = await said(model, SHORT, seed=1)
        earlier = (Turn("user", "Only speak of the sea."), Turn("assistant", "The sea, the sea."))
        tokens = [token.text async for token in model.stream(SHORT, earlier=earlier, seed=1)]

    assert reply.data and isinstance(reply.data["n"], int)
    assert reply.model == model.name
    assert tokens != alone


@pytest.mark.parametrize("prompt", [STORY, LONG_TO_READ], ids=["writing", "reading"])
async def test_a_stop_frees_the_model(prompt: Prompt) -> None:
    place = home(smol(), context=4096)
    async with opened(place) as model:
        await model.ready()
        asking = asyncio.create_task(said(model, prompt))
        await until(lambda: works(place))
        asking.cancel()
        await asyncio.wait([asking])
        async with asyncio.timeout(10):  # reading to the end takes 18 s on an idle machine
            await until(lambda: rests(place))

        assert await said(model)


async def test_a_closed_stream_frees_the_model() -> None:
    place = home(smol())
    async with opened(place) as model:
        async with aclosing(model.stream(STORY)) as tokens:
            await anext(tokens)
        async with asyncio.timeout(4):
            await until(lambda: rests(place))


async def test_two_are_answered_side_by_side() -> None:
    place = home(smol(), slots=2)
    async with (
        opened(place) as model,
        aclosing(model.stream(STORY)) as first,
        aclosing(model.stream(STORY)) as second,
    ):
        await anext(first)
        await anext(second)

        assert await busy(place) == 2


@pytest.mark.parametrize("which", ["smol", "gemma"])  # gemma looks back through a window
async def test_the_instructions_all_answers_share_are_read_once(
    which: str, tmp_path: Path
) -> None:
    place = home(smol() if which == "smol" else gemma(tmp_path))
    shared = "You answer from numbered passages and cite them. " * 8
    async with opened(place) as model:
        await said(model, replace(SHORT, system=shared))
        again = await read_anew(place, shared, "And what is a fox?")

    assert again < 30


async def test_a_model_that_was_killed_is_loaded_again(caplog: pytest.LogCaptureFixture) -> None:
    place = home(smol())
    async with opened(place) as model:
        with pytest.raises(ModelBusy):
            async for _ in model.stream(STORY):
                os.kill(place.room.pid or 0, signal.SIGKILL)
        await until(lambda: not model.loaded)
        answer = await said(model)

    told = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert answer
    assert len(told) == 1 and "signal 9" in told[0].getMessage()


async def test_a_model_that_keeps_ending_is_left_alone_for_a_while() -> None:
    place = home(smol())
    async with opened(place) as model:
        for _ in range(2):
            await model.ready()
            os.kill(place.room.pid or 0, signal.SIGKILL)
            await until(lambda: not place.room.running)
        with pytest.raises(ModelBusy, match="keeps ending"):
            await model.ready()


async def test_unloading_ends_the_process() -> None:
    place = home(smol())
    async with opened(place) as model:
        await model.ready()
        pid = place.room.pid or 0
        await model.unload()

        assert gone(pid)
        assert not model.loaded


async def test_it_leaves_when_nobody_asks_but_not_during_an_answer() -> None:
    place = home(smol())
    async with opened(place, idle=0.05) as model:
        async with aclosing(model.stream(STORY)) as tokens:
            async for _ in tokens:
                await asyncio.sleep(0.1)
                break
            during = model.loaded
        await until(lambda: not model.loaded)

    assert during


async def test_a_stop_of_the_bot_in_the_middle_of_loading_leaves_no_process() -> None:
    place = home(smol())
    async with opened(place) as model:
        loading = asyncio.create_task(model.ready())
        await until(lambda: place.room.pid is not None)
        pid = place.room.pid or 0
        loading.cancel()
        await asyncio.wait([loading])

        assert gone(pid)


async def test_a_model_does_not_outlive_a_bot_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio; from bot.config import Settings; from bot.models import local\n"
        "async def run(model):\n"
        "    await model.ready(); print(model._home.room.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        f"asyncio.run(run(local.local_model(Settings(local_model={str(smol())!r}))))"
    )
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script), env=environment(), stdout=asyncio.subprocess.PIPE
    )
    assert bot.stdout
    pid = int(await bot.stdout.readline())
    bot.kill()
    await bot.wait()

    await until(lambda: gone(pid))


async def test_it_asks_for_a_key() -> None:
    place = home(smol())
    async with opened(place) as model, httpx.AsyncClient(trust_env=False) as client:
        await model.ready()
        address = place.room.address
        answer = await client.get(f"{address}/models")

    assert answer.status_code == 401
    assert address.startswith("http://127.0.0.1:")


async def test_a_file_cut_off_is_told_before_anything_is_started(tmp_path: Path) -> None:
    broken = tmp_path / "cut.gguf"
    broken.write_bytes(smol().read_bytes()[:5_000_000])
    place = home(broken)
    async with opened(place) as model:
        with pytest.raises(ModelError, match="is not whole"):
            await model.ready()

    assert place.room.pid is None


async def test_what_llama_cpp_complains_of_is_told_and_not_tried_in_a_hot_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "odd.gguf"
    whole = smol().read_bytes()
    broken.write_bytes(whole.replace(b"blk.9.ffn_gate.weight", b"blk.9.ffn_fate.weight"))
    place = home(broken)
    async with opened(place) as model:
        with pytest.raises(ModelError, match=r"blk\.9\.ffn_gate"):
            await model.ready()
        monkeypatch.setattr(place.room, "start", None)  # a second start would fail on this
        with pytest.raises(ModelError, match=r"blk\.9\.ffn_gate"):
            await model.ready()


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    async with opened(home(tmp_path / "none.gguf")) as model:
        with pytest.raises(ModelMissing, match=r"none\.gguf"):
            await model.ready()


async def test_without_llama_cpp_it_is_said_how_to_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = smol()
    monkeypatch.setattr(engine_room, "find_spec", lambda name: None)
    async with opened(home(path)) as model:
        with pytest.raises(ModelMissing, match=r"peyk\[local\]"):
            await model.ready()


@pytest.mark.parametrize(("most", "free"), [(50_000_000, 10**12), (0, 50_000_000)])
async def test_a_model_too_large_for_the_memory_is_not_loaded(
    most: int, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda: free)
    place = home(smol(), memory=most)
    async with opened(place) as model:
        with pytest.raises(ModelBusy, match=r"needs about \d+ MB"):
            await model.ready()

    assert place.room.pid is None


async def test_a_question_too_long_is_an_error_and_not_a_wait() -> None:
    async with opened(home(smol(), context=512)) as model:
        with pytest.raises(ModelError, match="context size"):
            await said(model, LONG_TO_READ)


async def test_a_server_elsewhere_is_asked_for_its_model() -> None:
    async with WriterServer("یک دو سه") as writer:
        model = local_model(Settings(local_model=writer.url))
        assert model is not None
        before = model.loaded
        text = "".join(await said(model))
        await model.close()

    assert text.split() == ["یک", "دو", "سه"]
    assert (before, model.loaded) == (False, False)
    assert model.name


async def test_a_model_elsewhere_can_be_named() -> None:
    model = local_model(Settings(local_model="http://127.0.0.1:1/v1#qwen3:4b"))

    assert model and model.name == "qwen3:4b"
    with pytest.raises(ModelBusy):
        await said(model)
    await model.close()


async def test_a_server_that_is_not_there_is_named_with_its_setting_and_what_to_do() -> None:
    settings = Settings(local_model="http://127.0.0.1:1/v1")
    model = local_model(settings)
    assert model
    with pytest.raises(ModelBusy, match=r"^PEYK_LOCAL_MODEL: .*127\.0\.0\.1:1: .*start it"):
        await said(model)
    await model.close()
    (found,) = await doctor.local(settings)

    assert not found.ok and "PEYK_LOCAL_MODEL" in found.what and "127.0.0.1:1" in found.what
    assert "run" in found.advice and "small machines" not in found.advice


@pytest.mark.parametrize(("finish", "cut"), [("stop", False), ("length", True)])
async def test_an_answer_that_was_cut_off_says_so(finish: str, cut: bool) -> None:
    async with WriterServer("یک دو سه") as writer:
        writer.finish = finish
        model = local_model(Settings(local_model=writer.url))
        assert model
        reply = await model.complete(SHORT)
        await model.close()

    assert (reply.truncated, reply.completion_tokens) == (cut, 3)


async def test_the_doctor_looks_twice_at_a_model_that_was_not_taught_to_chat(
    tmp_path: Path,
) -> None:
    (found,) = await doctor.local(Settings(local_model=str(gemma(tmp_path))))

    assert found.ok and "-instruct" in found.advice


async def test_a_model_that_reaches_its_limit_says_so() -> None:
    async with opened(home(smol())) as model:
        *_, last = [token async for token in model.stream(SHORT)]

    assert last.finish == "length"


async def test_what_a_server_cannot_count_is_counted_high() -> None:
    async with WriterServer("یک") as writer:
        model = local_model(Settings(local_model=writer.url))
        assert model is not None
        counts = [await model.count("جنگل تصادفی"), await model.count("")]
        await model.close()

    assert counts == [6, 1]


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "there is no file"), (b"GGUF", "gone.gguf"), (b"%PDF", "not a GGUF")],
)
async def test_a_file_that_cannot_be_run_is_told_at_the_start(
    content: bytes | None, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "gone.gguf"
    if content:
        path.write_bytes(content)
    async with opened(home(path)) as model:
        model.prepare()
        await until(lambda: bool(caplog.records))

    assert "gone.gguf" in caplog.text and told in caplog.text


async def test_a_good_file_is_nothing_to_tell_of(caplog: pytest.LogCaptureFixture) -> None:
    place = home(smol())
    async with opened(place) as model:
        model.prepare()
        assert place._looking
        await place._looking

        assert (caplog.text, model.loaded) == ("", False)


async def test_without_a_setting_there_is_no_model() -> None:
    assert local_model(Settings()) is None


@pytest.mark.parametrize(
    ("size", "threads", "tokens"),
    [(100 * 10**6, 1, 32), (100 * 10**6, 4, 64), (2_500 * 10**6, 2, 8), (0, 1, 64)],
)
def test_a_large_model_reads_in_small_steps(size: int, threads: int, tokens: int) -> None:
    assert engine.batch(size, threads) == tokens


def test_half_of_the_processors_and_one_slot_on_a_small_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bot.models.local import limits_of

    found = SimpleNamespace()
    for count in (1, 2, 8):
        monkeypatch.setattr(memory, "processors", lambda count=count: count)
        limits = limits_of(Settings())
        setattr(found, f"on_{count}", (limits.threads, limits.slots))

    assert vars(found) == {"on_1": (1, 1), "on_2": (1, 1), "on_8": (4, 2)}


@pytest.mark.parametrize("wanted", [True, False])
async def test_it_writes_summaries_while_the_cloud_is_down_if_the_operator_says_so(
    wanted: bool, tmp_path: Path
) -> None:
    async with LLMServer(Mode.DENIED) as llm:
        with scribe() as pen:
            pen.says = "a summary"
            async with newsroom(tmp_path, llm=llm, local_summaries=wanted) as room:
                model = room.peyk.parts.model
                assert model is not None
                answer = model.complete(SHORT)
                if wanted:
                    assert (await answer).text.strip() == "a summary"
                else:
                    with pytest.raises(ModelError, match="401"):
                        await answer

    assert (llm.calls, len(pen.asked)) == (1, int(wanted))
