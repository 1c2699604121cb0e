"""A model of recorded answers, for the demo without a key.

A loopback server that speaks Chat Completions, so that the demo goes through the same door as a
real model. It knows the entries of recorded/ only; to any other question it answers 503.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

NAME = "recorded"
"""The model's name."""

_FOLDER = Path(__file__).with_name("recorded")
_TITLE = re.compile(r"<<<\w+\n(.*)\n")
"""The first line of the first foreign text in a prompt (see prompts.render)."""
_REWRITE, _REMAKE = "پست پیشین:", "کوییز پیشین"
_SHORTER = "کوتاه‌تر شود"
_QUIZ, _SOLVE, _INTERVIEW = "یک کوییز فارسی", "شمارهٔ گزینه‌های درست", "یک سؤال مصاحبه"
"""By these words of the prompts it is known what is asked."""
_OPTION = re.compile(r"^(\d+): (.*)$", re.MULTILINE)

Answer = dict[str, Any]


class RecordedModel:
    """``async with RecordedModel() as model:`` answers at `model.url` until the end."""

    def __init__(self) -> None:
        self.url = ""

    async def __aenter__(self) -> RecordedModel:
        answers = {one["source"]: one["answer"] for one in _read("summaries.json").values()}
        told = {"answers": answers, "quizzes": _read("quizzes.json")}
        routes = [(r"/v1/chat/completions", _Completions, told)]
        sockets = bind_sockets(0, "127.0.0.1")
        self._server = HTTPServer(Application(routes, log_function=lambda handler: None))
        self._server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.stop()
        await self._server.close_all_connections()


class _Completions(RequestHandler):
    def initialize(self, answers: dict[str, Answer], quizzes: dict[str, Answer]) -> None:
        self.answers, self.quizzes = answers, quizzes

    async def post(self) -> None:
        request = json.loads(self.request.body)
        question = str(request["messages"][-1]["content"])
        about_post = any(words in question for words in (_QUIZ, _SOLVE, _INTERVIEW))
        known = self.quizzes if about_post else self.answers
        answer = (quiz if about_post else find)(known, question)
        if answer is None:
            self.set_status(503)
            self.set_header("x-should-retry", "false")  # asking again would not help
            self.finish({"error": {"message": "only recorded answers here, and none for this"}})
        else:
            self.finish(_completion(json.dumps(answer, ensure_ascii=False)))


def find(answers: dict[str, Answer], question: str) -> Answer | None:
    """The recorded answer to the question, known by the title of its source.

    Of the rewrites only the shorter one can be made of recorded words: what is new, and the
    caveat at the end.
    """
    title = _TITLE.search(question)
    answer = answers.get(title[1]) if title else None
    if answer is None or _REWRITE not in question:
        return answer
    paragraphs = answer["body"].split("\n\n")
    body = "\n\n".join((paragraphs[0], paragraphs[-1]))
    return {**answer, "body": body} if _SHORTER in question else None


def quiz(quizzes: dict[str, Answer], question: str) -> Answer | None:
    """The recorded quiz about a post, known by its title, or which of its options is right."""
    title = _TITLE.search(question)
    answer = quizzes.get(title[1]) if title else None
    if answer is None or _INTERVIEW in question or _REMAKE in question:
        return None
    if _SOLVE not in question:
        return answer
    right = [answer["options"][place] for place in answer["correct"]]
    return {"correct": [int(at) for at, option in _OPTION.findall(question) if option in right]}


def _read(name: str) -> dict[str, dict[str, Any]]:
    recorded: dict[str, dict[str, Any]] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return recorded


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": NAME,
        "object": "chat.completion",
        "created": 0,
        "model": NAME,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }
