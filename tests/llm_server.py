"""A loopback server that speaks Chat Completions and fills the requested schema in Persian.

`async with LLMServer() as llm:` and point OPENAI_BASE_URL at `llm.url`. Different sources give
different answers, the same request always the same one. `llm.mode` says how it misbehaves.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
from enum import StrEnum
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler


class Mode(StrEnum):
    """How the server behaves."""

    GOOD = "good"
    NO_SCHEMA = "no json_schema"  # 400 for json_schema, json_object is fine
    NO_FORMAT = "no response_format"  # 400 for either
    CHATTY = "chatty"  # NO_FORMAT, and thoughts, fences and chatter around the object
    BUSY = "429"
    BUSY_ONCE = "429 once"  # with Retry-After, then GOOD
    BROKEN = "500"
    DENIED = "401"  # repeats the key it was given
    HANG = "hang"
    WEB_PAGE = "web page"  # 200 with HTML, as a wrong address gives
    EMPTY = "empty"
    REFUSAL = "refusal"
    ENGLISH = "english"
    ENGLISH_ONCE = "english once"  # mends it when told
    HOSTILE = "hostile"  # links, @names, HTML, overrides
    LINKS = "links"  # a text built on links
    OBEDIENT = "obedient"  # does what the source tells it to
    LONG = "long"
    LONG_PART = "long part"  # of a thread; an ordinary post is GOOD
    LONG_PART_ONCE = "long part once"  # mends it when told
    NEW_API = "new api"  # wants max_completion_tokens and no temperature


class LLMServer:
    """See the module. `requests` holds the bodies that came in, `calls` their number."""

    def __init__(self, mode: Mode = Mode.GOOD, *, cost: float | None = None) -> None:
        self.mode = mode
        self.cost = cost
        self.requests: list[dict[str, Any]] = []
        self.url = ""
        self.released = asyncio.Event()
        """Ends a HANG."""

    @property
    def calls(self) -> int:
        """How many requests came in."""
        return len(self.requests)

    async def __aenter__(self) -> LLMServer:
        sockets = bind_sockets(0, "127.0.0.1")
        routes = [(r"/v1/chat/completions", _Completions, {"llm": self})]
        self._server = HTTPServer(Application(routes, log_function=lambda handler: None))
        self._server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.released.set()
        self._server.stop()
        await self._server.close_all_connections()


class _Completions(RequestHandler):
    def initialize(self, llm: LLMServer) -> None:
        self.llm = llm

    async def post(self) -> None:
        llm = self.llm
        request = json.loads(self.request.body)
        llm.requests.append(request)
        mode = llm.mode
        if mode is Mode.HANG:
            await llm.released.wait()
        if mode is Mode.BUSY_ONCE:
            llm.mode = Mode.GOOD
        if refusal := refused(request, mode, self.request.headers.get("Authorization", "")):
            status, message = refusal
            self.set_status(status)
            self.set_header("Retry-After", "0.05")
            self.finish({"error": {"message": message}})
        elif mode is Mode.WEB_PAGE:
            self.finish("<html><title>It works</title></html>")
        else:
            self.finish(completion(request, mode, llm.cost))


def refused(request: dict[str, Any], mode: Mode, authorization: str) -> tuple[int, str] | None:
    """The HTTP status and message with which `request` is turned down in `mode`, if it is."""
    form = request.get("response_format", {}).get("type")
    refusals = {
        Mode.BUSY: (429, "Rate limit reached"),
        Mode.BUSY_ONCE: (429, "Rate limit reached"),
        Mode.BROKEN: (500, "The server had an error"),
        Mode.DENIED: (401, f"Incorrect API key provided: {authorization}"),
    }
    if mode in refusals:
        return refusals[mode]
    if mode is Mode.NO_SCHEMA and form == "json_schema":
        return 400, "response_format.type json_schema is not supported"
    if mode in (Mode.NO_FORMAT, Mode.CHATTY) and form:
        return 400, "unknown field response_format"
    if mode is Mode.NEW_API and "max_tokens" in request:
        return 400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    if mode is Mode.NEW_API and "temperature" in request:
        return 400, "Unsupported value: 'temperature' does not support 0.3 with this model."
    return None


def completion(request: dict[str, Any], mode: Mode, cost: float | None) -> dict[str, Any]:
    """The answer to a request that is taken."""
    said = content(request, mode)
    asked = sum(len(str(message["content"])) for message in request["messages"])
    usage = {"prompt_tokens": asked // 4, "completion_tokens": len(said) // 3}
    usage["total_tokens"] = sum(usage.values())
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": request["model"],
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": said},
            }
        ],
        "usage": usage if cost is None else {**usage, "cost": cost},
    }


def content(request: dict[str, Any], mode: Mode) -> str:
    """What the model says."""
    asked = " ".join(_words(message["content"]) for message in request["messages"])
    if mode is Mode.EMPTY:
        return ""
    if mode is Mode.REFUSAL:
        return "I'm sorry, but I can't help with that."
    schema = _schema(request, asked)
    if schema is None:
        return Persian(asked).body()
    answer = fill(schema, Persian(asked))
    if mode is Mode.ENGLISH or (mode is Mode.ENGLISH_ONCE and "فیلد body فارسی نبود" not in asked):
        answer["body"] = "A new method.\n\n" + "It is better than all the old ones. " * 5
    if mode is Mode.LONG:
        answer["body"] += "\n\n" + " ".join(f"این جملهٔ شمارهٔ {n} است." for n in range(300))
    mended = mode is Mode.LONG_PART_ONCE and "قسمت 2: فیلد body خیلی بلند بود" in asked
    if mode in (Mode.LONG_PART, Mode.LONG_PART_ONCE) and "parts" in answer and not mended:
        answer["parts"][1]["body"] += " ".join(f"جملهٔ شمارهٔ {n} است." for n in range(300))
    if mode is Mode.HOSTILE:
        answer = _hostile(answer)
    if mode is Mode.LINKS:
        answer["body"] += " ".join(f"در https://evil{n}.example/x بخوانید." for n in range(9))
    if mode is Mode.OBEDIENT:
        answer["body"] += "\n\n" + source_of(asked)
    said = json.dumps(answer, ensure_ascii=False)
    if mode is Mode.CHATTY:
        return f'<think>{{"title": "no"}}</think>Sure! Here it is:\n```json\n{said}\n```\nEnjoy!'
    return said


def _words(content: object) -> str:
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content)
    return str(content)


def _schema(request: dict[str, Any], asked: str) -> dict[str, Any] | None:
    """The schema asked for: by response_format, or written into the system message."""
    form = request.get("response_format") or {}
    if form.get("type") == "json_schema":
        return form["json_schema"]["schema"]
    start = asked.find('{"type": "object"')
    return json.JSONDecoder().raw_decode(asked, start)[0] if start >= 0 else None


def source_of(asked: str) -> str:
    """The foreign text of a prompt: what stands first between its marked lines."""
    marked = re.search(r"<<<(\w+)\n(.*?)\n\1>>>", asked, re.DOTALL)
    return marked[2] if marked else asked


def fill(schema: dict[str, Any], persian: Persian, name: str = "") -> Any:
    """A value of `schema`, plausible for a field called `name`."""
    if "enum" in schema:
        return persian.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return {key: fill(one, persian, key) for key, one in schema["properties"].items()}
        case "array" if name == "tags":
            return persian.tags()
        case "array" if name == "parts":
            return [persian.part(topic) for topic in PARTS]
        case "array":
            count = schema.get("minItems", 2)
            return [fill(schema["items"], persian, f"{name}{n}") for n in range(count)]
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return True
    return {"title": persian.title, "body": persian.body}.get(name, persian.sentence)()


PARTS = ("آنچه تازه است", "روش کار", "کاستی‌ها")
"""What the parts of a thread are about."""


class Persian:
    """Plausible Persian about the source text of a prompt, the same for the same prompt."""

    def __init__(self, asked: str) -> None:
        self._source = source_of(asked)
        self._asked = asked
        told = re.sub(r"<<<\w+|\w+>>>|کد \w+", "", asked)  # without the marker of this call
        self._random = random.Random(hashlib.sha256(told.encode()).digest())

    def choice(self, values: list[Any]) -> Any:
        """One of `values`."""
        return self._random.choice(values)

    def tags(self) -> list[str]:
        """Two of the hashtags that the prompt allows."""
        allowed = re.findall(r"#[\w\u200c]+", re.sub(r"<<<.*>>>", "", self._asked, flags=re.S))
        known = list(dict.fromkeys(allowed))
        return self._random.sample(known, min(2, len(known)))

    def title(self) -> str:
        """A title with the source's own."""
        about = self.choice(["نگاهی دوباره به", "آشنایی نزدیک با", "خبری تازه دربارهٔ"])
        field = self.choice(["پژوهش‌های هوش مصنوعی", "یادگیری ماشین", "مدل‌های زبانی"])
        return f"{about} {self._subject()} در دنیای {field}"

    def body(self) -> str:
        """Three paragraphs."""
        news = self.choice(["معرفی شده است", "منتشر شده است", "در دسترس قرار گرفته است"])
        gain = self.choice(["هزینهٔ کار را کم می‌کند", "کار را ساده‌تر می‌کند", "دقت را بالا می‌برد"])
        doubt = self.choice(["در عمل", "در داده‌های دیگر", "در مقیاس بزرگ"])
        return "\n\n".join(
            (
                f"به‌تازگی {self._subject()} {news} و نویسندگان آن را گامی رو به جلو می‌دانند.",
                f"اهمیت آن در این است که {gain} و راه را برای پژوهش‌های بعدی باز می‌گذارد."
                f" ایدهٔ اصلی هم روشن است: {self.sentence()}",
                f"با این همه، رفتار آن {doubt} هنوز به آزمون بیشتری نیاز دارد.",
            )
        )

    def part(self, topic: str) -> dict[str, str]:
        """One post of a thread; a model that numbers it itself, although it was told not to."""
        about = self._subject()
        body = (
            f"این بخش دربارهٔ {topic} در {about} است و نویسندگان آن را با حوصله شرح داده‌اند.",
            f"خوانندهٔ این متن با {topic} آشنا می‌شود و می‌بیند که {about} چه راهی را می‌پیماید.",
        )
        return {"title": f"{about}: {topic} (قسمت ۱ از ۳)", "body": "\n\n".join(body)}

    def sentence(self) -> str:
        """One sentence with a name of the source."""
        names = re.findall(r"\b[A-Z][A-Za-z\d-]{2,20}\b", self._source) or ["peyk"]
        return f"این کار بر پایهٔ {self.choice(names)} پیش می‌رود و در متن اصلی شرح داده شده است."

    def _subject(self) -> str:
        title = self._source.strip().split("\n")[0]
        return " ".join(re.findall(r"[A-Za-z\d][\w.-]*", title)[:3])[:40] or "یک کار تازه"


def _hostile(answer: dict[str, Any]) -> dict[str, Any]:
    """`answer` with all that a model must not write, a little of each."""
    evil = " <a href='https://evil.example/a'>اینجا</a> @evil_bot #تبلیغ \u202eقلب\u202c /start "
    return {
        **answer,
        "title": f"<b>{answer['title']}</b>\u202e evil.example",
        "body": f"**{answer['body']}**{evil} fast.ai a@evil.example +1 212 555 0123 $EVIL",
        "tags": ["#تبلیغ", "https://evil.example", *answer["tags"]],
    }
