"""peyk: a Persian-language AI-news channel on Telegram."""

__version__ = "0.1.0"
"""The same as in pyproject.toml."""
