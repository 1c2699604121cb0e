"""The doctor names everything that is wrong at once, says what to do, and never says a secret."""

import socket
import time
from contextlib import asynccontextmanager, nullcontext

from bot import config, doctor, telegram_check
from bot.app import only_one
from bot.config import Settings
from bot.demo.records import Member
from db import added_sources, facts, schema, sources
from feeds.fetch import Fetcher
from tests.llm_server import LLMServer, Mode
from tests.newsroom import newsroom
from tests.shell import environment, peyk
from tests.small_models import smol

FEED = b"""<rss version="2.0"><channel><title>News</title>
<item><title>One</title><link>https://example.org/1</link></item></channel></rss>"""
SOURCES = '[[rss]]\nname = "news"\nurl = "$WEB/feed.xml"\n'


@asynccontextmanager
async def stage(folder, *, running=True):
    """A newsroom with one good feed. The doctor sees peyk `running`: then it need not listen
    for others that poll, which takes it some seconds."""
    pages = {"/feed.xml": FEED}
    async with newsroom(folder, running=False, sources=SOURCES, pages=pages) as room:
        with only_one(room.settings.db) if running else nullcontext():
            yield room


def with_model(llm):
    """The environment that names this model."""
    return {"OPENAI_BASE_URL": llm.url, "OPENAI_API_KEY": "sk-quiet", "PEYK_SUMMARY_MODEL": "m"}


async def test_all_is_well(tmp_path):
    async with stage(tmp_path, running=False) as room, LLMServer() as llm:
        said = await peyk(tmp_path, "doctor", **environment(room), **with_model(llm))

    assert said.code == 0 and said.err == ""
    optional = ("vision:", "local:")
    found = [line for line in said.out.splitlines() if not any(n in line for n in optional)]
    assert all(line.startswith("ok ") for line in found), said.out
    assert "JSON by json_schema" in said.line("model:")
    assert "can be read" in said.line("source news:")


async def test_everything_wrong_is_said_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    said = await peyk(
        *(tmp_path, "doctor", "--json"),
        PEYK_TIMEZONE="Mars/Base",
        PEYK_CHANNEL="not a channel",
        PEYK_QUIET_HOURS="00:00-10:00",
        PEYK_SOURCES="gone.toml",
        PEYK_DB="file",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
        PEYK_SUMMARY_MODEL="m",
    )

    found = {row["check"]: row for row in said.json}
    wrong = {check for check, row in found.items() if not row["ok"]}
    assert said.code == 1
    assert wrong >= {"PEYK_TIMEZONE", "PEYK_CHANNEL", "PEYK_TELEGRAM_TOKEN", "PEYK_ADMIN_CHAT"}
    assert wrong >= {"PEYK_ADMINS", "slots", "sources", "model"}
    assert all(row["advice"] for row in found.values() if not row["ok"])


async def test_a_token_that_telegram_does_not_know(tmp_path):
    async with stage(tmp_path) as room:
        told = {**environment(room), "PEYK_TELEGRAM_TOKEN": "42:OTHER-AND-SECRET"}
        said = await peyk(tmp_path, "doctor", **told)

    assert said.code == 1 and "@BotFather" in said.line("token:")
    assert "OTHER-AND-SECRET" not in said.out + said.err


async def test_a_bot_that_may_not_post(tmp_path):
    async with stage(tmp_path) as room:
        bot = room.tg.world.bot_member(room.channel)
        bot.rights = frozenset({"can_edit_messages", "can_delete_messages"})
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 1 and said.line("channel:").startswith("WRONG")
    assert "Post messages" in said.line("channel:")


async def test_rights_that_are_only_useful_are_a_note(tmp_path):
    async with stage(tmp_path) as room:
        room.tg.world.bot_member(room.channel).rights = frozenset({"can_post_messages"})
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 0 and said.line("channel:").startswith("note")


async def test_a_bot_that_is_only_a_reader_of_the_channel(tmp_path):
    async with stage(tmp_path) as room:
        room.tg.world.bot_member(room.channel).status = "member"
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 1 and said.line("channel:").startswith("WRONG")


async def test_a_channel_that_forbids_forwarding_is_explained(tmp_path):
    async with stage(tmp_path) as room:
        room.channel.has_protected_content = True
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 0 and "Restrict saving content" in said.line("cannot be forwarded")


async def test_an_admin_chat_without_the_bot(tmp_path):
    async with stage(tmp_path) as room:
        room.tg.world.bot_member(room.group).status = "kicked"
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 1 and said.line("admin chat:").startswith("WRONG")


async def test_the_channel_is_no_admin_chat(tmp_path):
    async with stage(tmp_path) as room:
        told = {**environment(room), "PEYK_ADMIN_CHAT": str(room.channel.id)}
        said = await peyk(tmp_path, "doctor", **told)

    assert said.code == 1 and said.line("admin chat:").startswith("WRONG")


async def test_a_private_chat_the_bot_was_never_let_into(tmp_path):
    async with stage(tmp_path) as room:
        told = {**environment(room), "PEYK_ADMIN_CHAT": str(room.reader.id)}
        room.tg.world.chats[room.reader.id].is_started = False
        said = await peyk(tmp_path, "doctor", **told)

    assert said.code == 1 and said.line("admin chat:").startswith("WRONG")


async def test_an_admin_who_is_not_in_the_admin_chat(tmp_path):
    async with stage(tmp_path) as room:
        room.group.members[room.arash.id] = Member(room.arash.user, "left")
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 0 and str(room.arash.id) in said.line("admins:")


async def test_a_foreign_webhook_takes_the_updates(tmp_path):
    async with stage(tmp_path) as room:
        room.tg.world.set_webhook({"url": "https://other.example/secret-path"})
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 1 and "other.example" in said.line("updates:")
    assert "secret-path" not in said.out


async def test_another_program_that_polls(tmp_path):
    async with newsroom(tmp_path) as room:
        told = {**environment(room), "PEYK_DB": str(tmp_path / "other.db")}
        said = await peyk(tmp_path, "doctor", **told)

    assert said.code == 1 and "another program is polling" in said.line("updates:")


async def test_a_webhook_that_telegram_cannot_reach(tmp_path):
    async with stage(tmp_path) as room:
        url = "http://127.0.0.1:9/hook"
        room.tg.world.set_webhook({"url": url})
        await room.mina.send(room.group, "سلام")
        await room.tg.wait_for(lambda: "last_error_message" in room.tg.world.webhook)
        said = await peyk(tmp_path, "doctor", PEYK_WEBHOOK_URL=url, **environment(room))

    assert said.code == 1 and "cannot deliver" in said.line("updates:")


async def test_a_webhook_that_is_not_set_yet_is_no_fault(tmp_path):
    async with stage(tmp_path) as room:
        url = "https://peyk.example/hook"
        said = await peyk(tmp_path, "doctor", PEYK_WEBHOOK_URL=url, **environment(room))

    assert said.code == 0 and "will set it" in said.line("updates:")


async def test_slots_in_the_quiet_hours_are_named(tmp_path):
    async with stage(tmp_path) as room:
        told = {"PEYK_QUIET_HOURS": "20:00-08:00", "PEYK_POST_TIMES": "09:00,21:00"}
        said = await peyk(tmp_path, "doctor", **environment(room), **told)

    assert said.code == 1 and "21:00" in said.line("slots:") and "09:00" not in said.out


async def test_looking_confirms_no_update(tmp_path):
    async with stage(tmp_path, running=False) as room:
        await room.mina.send(room.group, "سلام")
        await peyk(tmp_path, "doctor", **environment(room))

        assert len(room.tg.world.updates.pending) == 1


async def test_a_running_peyk_is_left_in_peace(tmp_path):
    async with stage(tmp_path) as room:
        said = await peyk(tmp_path, "doctor", **environment(room))

        assert "peyk is running" in said.line("updates:")
        assert not [call for call in room.tg.calls if call.method == "getUpdates"]


async def test_a_source_that_cannot_be_read(tmp_path):
    async with stage(tmp_path) as room:
        del room.web.pages["/feed.xml"]
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 1 and "HTTP 404" in said.line("source news:")


async def test_a_model_that_knows_only_plain_text(tmp_path):
    async with stage(tmp_path) as room, LLMServer(Mode.CHATTY) as llm:
        said = await peyk(tmp_path, "doctor", **environment(room), **with_model(llm))

    assert said.code == 0 and "JSON by plain" in said.line("model:")


async def test_a_key_that_is_refused_is_not_repeated(tmp_path):
    async with stage(tmp_path) as room, LLMServer(Mode.DENIED) as llm:
        said = await peyk(tmp_path, "doctor", **environment(room), **with_model(llm))

    assert said.code == 1 and "OPENAI_API_KEY" in said.line("model:")
    assert "sk-quiet" not in said.out + said.err


async def test_telegram_that_cannot_be_reached(tmp_path):
    async with stage(tmp_path) as room:
        told = {**environment(room), "PEYK_TELEGRAM_API_URL": "http://127.0.0.1:9"}
        said = await peyk(tmp_path, "doctor", **told)

    assert said.code == 1 and "PEYK_TELEGRAM_API_URL" in said.line("token:")


async def test_where_nothing_answers_the_doctor_does_in_time(tmp_path, monkeypatch):
    for module, name in ((doctor, "PATIENCE"), (doctor, "SILENCE"), (telegram_check, "PATIENCE")):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)
    monkeypatch.setitem(Fetcher.__init__.__kwdefaults__, "arxiv_pause", 0.3)
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and says nothing
    nowhere = f"http://127.0.0.1:{silent.getsockname()[1]}"
    feeds = [f'[[arxiv]]\nname = "{n}"\nurl = "{nowhere}"\n' for n in range(6)]
    (tmp_path / "sources.toml").write_text("".join(feeds))
    model = {"PEYK_SUMMARY_MODEL": "m", "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": nowhere}
    here = {"PEYK_DB": f"{tmp_path}/peyk.db", "PEYK_SOURCES": f"{tmp_path}/sources.toml"}
    telegram = {"PEYK_TELEGRAM_TOKEN": "42:TEST", "PEYK_TELEGRAM_API_URL": nowhere}
    started = time.monotonic()

    found = await doctor.examine(config.read(model | here | telegram, ""))

    silent.close()
    assert time.monotonic() - started < 4  # in earnest, less than 20
    wrong = {finding.check for finding in found if not finding.ok}
    assert wrong >= {"token", "model", *(f"source {n}" for n in range(doctor.ARXIV_ASKED))}


async def test_a_damaged_database(tmp_path):
    (tmp_path / "peyk.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    async with stage(tmp_path) as room:
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 1 and said.line("database:").startswith("WRONG")


async def test_updates_set_aside_are_a_note(tmp_path):
    async with stage(tmp_path) as room:
        db = schema.open_db(room.settings.db)
        db["updates"].insert({"update_id": 1, "state": "set aside", "received": "2026-11-22"})
        db.close()
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert said.code == 0 and said.line("set aside").startswith("note")


async def test_looking_makes_no_database(tmp_path):
    async with stage(tmp_path) as room:
        said = await peyk(tmp_path, "doctor", **environment(room))

        assert said.line("database:").startswith("ok") and not room.settings.db.exists()


async def test_alive_while_telegram_was_heard_of_lately(tmp_path):
    db = schema.open_db(tmp_path / "peyk.db")
    facts.put(db, "alive", time.time() - 10)
    assert (await peyk(tmp_path, "doctor", "--alive", PEYK_DB="peyk.db")).code == 0

    facts.put(db, "alive", time.time() - 200)
    assert (await peyk(tmp_path, "doctor", "--alive", PEYK_DB="peyk.db")).code == 1
    db.close()


async def test_not_alive_without_a_database(tmp_path):
    said = await peyk(tmp_path, "doctor", "--alive")

    assert said.code == 1 and not list(tmp_path.iterdir())


async def test_sources_added_from_chat_are_asked_and_muted_ones_are_not(tmp_path):
    async with stage(tmp_path) as room:
        db = schema.open_db(room.settings.db)
        entry = {"kind": "rss", "url": f"{room.web.url}/feed.xml"}
        number = added_sources.propose(db, entry, 1, room.clock())
        added_sources.confirm(db, number, "from chat")
        sources.mute(db, "news", True)
        db.close()
        said = await peyk(tmp_path, "doctor", **environment(room))

    assert "muted from chat" in said.line("source news:")
    assert "lies in a private network" in said.line("source from chat:")


async def test_a_local_model_that_answers():
    (found,) = await doctor.local(Settings(local_model=str(smol())))

    assert found.ok and "tokens/s" in found.what and "4096 tokens" in found.what


async def test_without_a_local_model():
    (found,) = await doctor.local(Settings())

    assert found.ok and "PEYK_LOCAL_MODEL" in found.advice


async def test_a_local_model_that_is_not_there():
    (found,) = await doctor.local(Settings(local_model="gone.gguf"))

    assert not found.ok and "gone.gguf" in found.what


async def test_a_local_model_that_is_still_to_be_fetched(tmp_path):
    settings = Settings(local_model="hf:a/b/c.gguf", db=tmp_path / "peyk.db")
    (found,) = await doctor.local(settings)

    assert found.ok and "not here yet" in found.what


async def test_a_local_model_that_the_disk_has_spoilt(tmp_path):
    kept = tmp_path / "models" / "a--b--c.gguf"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"GGUF, once")
    kept.with_name("a--b--c.gguf.sha256").write_text("0" * 64)
    settings = Settings(local_model="hf:a/b/c.gguf", db=tmp_path / "peyk.db")
    (found,) = await doctor.local(settings)

    assert not found.ok and "not what the hub has" in found.what
