"""What peyk says around questions in the channel, and what admins hear of their results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.channel.lines import EMPTY, Line, bold, embedded, joined, line, link, named
from bot.channel.post import Rendered
from bot.persian.dates import digits
from bot.persian.typography import plain
from db.model import Post
from db.question_posts import QuestionPost
from db.questions import Question

COUNT_FOR_ME = "در امتیاز من حساب کن"
INTERVIEWS = "سؤال مصاحبه"
"""The title of the series in which interview questions are kept."""
LONGEST_TITLE = 80
SHOWN = 3
"""Questions on either end of a table."""


def question_line(number: int, text: str) -> str:
    """The question of a channel's quiz, with its number."""
    return f"❓ کوییز شمارهٔ {digits(number)}: {text}"


def interview_title(text: str) -> str:
    """The title of an interview question's post."""
    return f"💡 {INTERVIEWS}: {text}"


def answer_title(number: int) -> str:
    """What a follow-up is called in lists."""
    return f"پاسخ کوییز شمارهٔ {digits(number)}"


def follow_up(
    post: QuestionPost, question: Question, source: Post | None, signature: str
) -> Rendered:
    """What follows a quiz: the result, the right option, why, and the post it came from."""
    return joined(list(_follow_up(post, question, source, signature)))


def _follow_up(
    post: QuestionPost, question: Question, source: Post | None, signature: str
) -> Iterator[Line]:
    yield line("💡 ", bold(answer_title(post.number)))
    if post.votes:
        yield line(f"{percent(post.share)} درست · {digits(post.votes)} رأی")
    yield EMPTY
    for place in post.correct:
        yield line(f"✅ {embedded(plain(post.options[place]))}")
    if question.explanation:
        yield EMPTY
        for part in question.explanation.split("\n"):
            yield line(embedded(plain(part)))
    if source and source.url and source.deleted is None:
        yield EMPTY
        title = named(source.title, LONGEST_TITLE) or "پست کانال"
        yield line("🔗 از این پست: ", link(title, source.url))
    if signature:
        yield EMPTY
        yield line(signature)


def percent(share: float) -> str:
    """«٪۶۳»."""
    return f"٪{digits(round(100 * share))}"


Ranked = Sequence[tuple[QuestionPost, Question]]


def table(ranked: Ranked) -> str:
    """The hardest and the easiest quizzes; empty where nothing was voted."""
    if not ranked:
        return ""
    lines = ["🧗 سخت‌ترین کوییزها:"]
    lines += [_result(*pair) for pair in ranked[:SHOWN]]
    easiest = [pair for pair in reversed(ranked[SHOWN:])][:SHOWN]
    if easiest:
        lines += ["", "🍃 آسان‌ترین کوییزها:", *(_result(*pair) for pair in easiest)]
    return "\n".join(lines)


def _result(post: QuestionPost, question: Question) -> str:
    mark = "⚠️" if question.flagged else "•"
    title = named(question.text, LONGEST_TITLE)
    number = f"{digits(post.number)}: " if post.number else ""
    return f"{mark} {number}{title} — {percent(post.share)} از {digits(post.votes)} رأی"


def weekly(ranked: Ranked) -> str:
    """The table of the week, for the admin chat."""
    return f"🗓 کوییزهای هفته\n\n{table(ranked)}"


def stats(counts: dict[str, int], totals: dict[str, int], ranked: Ranked) -> str:
    """What /stats says of quizzes; empty where there are none."""
    if not sum(counts.values()):
        return ""
    lines = [
        "",
        f"❓ پرسش‌های بانک: {digits(sum(counts.values()))}"
        f" (تأییدشده: {digits(counts.get('approved', 0))})",
        f"کوییزهای کانال: {digits(totals['posted'])}، رأی‌ها: {digits(totals['votes'])}",
    ]
    if totals["votes"]:
        lines.append(f"پاسخ درست: {percent(totals['right'] / totals['votes'])}")
    return "\n".join([*lines, *(["", table(ranked)] if ranked else [])])


def nobody_right(post: QuestionPost, question: Question) -> str:
    """Told once of a question that nobody gets right."""
    return (
        f"⚠️ از {digits(post.votes)} رأی کوییز {digits(post.number)} هیچ‌کدام درست نبود:\n"
        f"«{named(question.text, 200)}»\n"
        "شاید گزینهٔ درست اشتباه ثبت شده باشد؛ لطفاً کارتش را بازبینی کنید."
    )


LAST_ONE = (
    "❓ کوییزی که حالا به کانال می‌رود آخرین پرسش تأییدشدهٔ بانک بود.\n"
    "پیش از نوبت بعد با \u200e/newquiz یکی بسازید، یا پرسش‌های در انتظار را تأیید کنید."
)
NOTHING_TO_ASK = (
    "❓ نوبت کوییز کانال رسید، ولی پرسش تأییدشده‌ای در بانک نیست.\n"
    "با \u200e/newquiz یکی بسازید، یا پرسش‌های در انتظار را تأیید کنید."
)
