"""Telegram in, one call, Telegram out; handlers.routes says which call."""
