"""What /stats and `peyk stats` count."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from db import asks, drafts, items, ocr, posts, question_posts, questions, updates, usage


def numbers(db: Database, now: datetime) -> dict[str, Any]:
    """Posts, drafts, items, updates, questions by state; model calls, files and asks of a day."""
    models = usage.totals(db, now - timedelta(days=1))
    tokens = sum(model.prompt_tokens + model.completion_tokens for model in models)
    costs = [model.cost for model in models if model.cost is not None]
    return {
        "posts": posts.count(db),
        "drafts": drafts.counts(db),
        "items": items.counts(db),
        "updates": updates.counts(db),
        "reading": ocr.counts(db, now - timedelta(days=1)),
        "asks": asks.counts(db, now - timedelta(days=1)),
        "questions": questions.counts(db),
        "quizzes": question_posts.totals(db),
        "model": {
            "calls": sum(model.calls for model in models),
            "failed": sum(model.failed for model in models),
            "tokens": tokens,
            "cost": sum(costs) if costs else None,
        },
    }
