"""The parameters of one call, whatever encoding they came in.

A value is a string (forms, queries) or anything JSON (JSON bodies); the accessors do not care.
Source: https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.errors import bad_request


@dataclass(frozen=True)
class Upload:
    """A file of a multipart form."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Params:
    """Parameters by name, and uploads by the name of their form field."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether it was given at all, if only empty."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """As a string."""
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """As a whole number; the default where it is none."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """As a boolean: true, yes and 1 are yes."""
        return str(self.values.get(name, "")).strip().lower() in ("true", "yes", "1")

    def json(self, name: str) -> Any:
        """As JSON; None where it is missing. Raises ApiError for broken JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def object(self, name: str) -> dict[str, Any] | None:
        """As a JSON object. Raises ApiError for any other JSON."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def array(self, name: str) -> list[Any]:
        """As a JSON array, empty where it is missing. Raises ApiError for any other JSON."""
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"expected an Array of {name.replace('_', ' ')}")
        return value or []

    def integers(self, name: str) -> list[int]:
        """As a JSON array of numbers."""
        try:
            return [int(item) for item in self.array(name)]
        except (TypeError, ValueError):
            raise bad_request(f"can't parse {name.replace('_', ' ')}") from None

    def upload(self, name: str) -> Upload | None:
        """The file sent with the call in this parameter, itself or by attach://<field>."""
        if name in self.uploads:
            return self.uploads[name]
        value = self.text(name)
        if not value.startswith("attach://"):
            return None
        found = self.uploads.get(value.removeprefix("attach://"))
        if found is None:
            raise bad_request("there is no attached file in the request")
        return found

    def within(self, values: Mapping[str, Any]) -> Params:
        """The same uploads with the parameters of an inner object, such as one of an album."""
        return Params(values, self.uploads)
