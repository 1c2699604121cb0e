"""The embedded Telegram: a Bot API server in memory, for `peyk demo` and for the tests.

Imports nothing of the bot and nothing of python-telegram-bot: it only speaks their HTTP.
"""
