"""A file in, clean text out; knows no Telegram."""
