"""The errors peyk raises on purpose. Imports nothing.

    PeykError
    ├── ConfigError        a setting or file the operator must mend
    │   ├── NewerDatabase  the database was written by a later peyk
    │   └── BadExport      a file that should be an export of Telegram Desktop is none
    ├── SourceError        a feed could not be read; that source waits, the rest go on
    │   ├── SourceGone     410: the source is retired
    │   └── SourcePrivate  it lies in a private network
    ├── ModelError         a model gave no usable answer
    │   ├── ModelBusy      ... now: try again later
    │   │   └── ModelComing  it is being fetched
    │   ├── ModelMissing   no model is configured
    │   ├── ModelUnfit     two answers to one question could not be used
    │   └── OverBudget     the day's token ceiling is reached
    ├── DocumentError      a document, or one page of it, cannot be read; `kind` says why
    └── WrongState         somebody was faster: the draft is not what the caller saw

Foreign exceptions are turned into these where they enter, with ``raise … from error``.
"""


class PeykError(Exception):
    """Anything peyk can say in one line."""


class ConfigError(PeykError):
    """A setting or file that the operator must mend; the text says how."""


class NewerDatabase(ConfigError):
    """The database was written by a later version of peyk."""


class BadExport(ConfigError):
    """What should be an export of Telegram Desktop is none; the text says where.

    `kind`, for who tells it in other words: ``foreign`` (something else altogether), ``broken``,
    ``cut off``, ``empty`` (no messages), ``no channel``, ``several`` channels, ``unreadable``.
    """

    def __init__(self, reason: str, *, kind: str = "broken") -> None:
        super().__init__(reason)
        self.kind = kind


class SourceError(PeykError):
    """A feed could not be read.

    `kind`, for who tells it in other words: ``no host``, ``silent``, ``refused`` (the server says
    `status`), ``connection``, ``address``, ``no feed``, ``too large``; empty: another.
    """

    def __init__(
        self, reason: str, *, retry_after: float | None = None, kind: str = "", status: int = 0
    ) -> None:
        super().__init__(reason)
        self.retry_after, self.kind, self.status = retry_after, kind, status


class SourceGone(SourceError):
    """The address answered 410 Gone (RFC 9110, 15.5.11)."""


class SourcePrivate(SourceError):
    """The address lies in a private network, and the operator did not write it."""


class ModelError(PeykError):
    """A model gave no usable answer."""


class ModelBusy(ModelError):
    """The model's server is down, slow or refusing for now."""


class ModelComing(ModelBusy):
    """The model's file is being fetched; nothing is wrong."""


class ModelMissing(ModelError):
    """No model is configured for this work."""


class ModelUnfit(ModelError):
    """Two answers to one question could not be used."""


class OverBudget(ModelError):
    """The day's token ceiling is reached."""


class DocumentError(PeykError):
    """A document, or one page of it, cannot be read.

    `kind`: ``empty``, ``unknown-kind``, ``damaged``, ``password`` (none was given, or a wrong
    one), ``no-pages``, ``too-many-pages``, ``too-large`` (for the memory it is given),
    ``too-slow`` or ``no-reader``.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class WrongState(PeykError):
    """A draft is no longer in the state or version the caller acted on."""
