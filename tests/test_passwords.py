"""Which messages may be passwords of files, and what is done with them."""

from __future__ import annotations

import pytest

from bot.passwords import LONGEST, MOST_BYTES, Passwords, is_meant, is_secret

CARD = 7


@pytest.mark.parametrize(
    ("text", "answered", "meant"),
    [
        ("geheim-7", None, True),
        ("یک رمز فارسی", None, True),
        ("خیلی ممنون از زحمت شما", None, False),
        ("خیلی ممنون از زحمت شما", CARD, True),
        ("/cancel", None, False),
        ("/cancel", CARD, False),
        ("/start", None, False),
        ("/start", CARD, True),
        ("geheim-7", 6, False),
        ("x" * (LONGEST + 1), None, False),
        ("x" * (LONGEST + 1), CARD, True),
    ],
)
def test_what_is_meant_as_a_password(text: str, answered: int | None, meant: bool) -> None:
    assert is_meant(text, answered, CARD) is meant


@pytest.mark.parametrize(
    ("text", "answered", "secret"),
    [
        ("چهار واژه که رمزند", None, True),
        ("geheim-7", 6, True),
        ("/geheim", CARD, True),
        ("/cancel", None, False),
        ("x" * (LONGEST + 1), None, False),
    ],
)
def test_what_may_hold_one_goes_to_no_disk(text: str, answered: int | None, secret: bool) -> None:
    assert is_secret(text, answered, CARD) is secret


def test_a_long_password_is_cut_as_those_who_lock_files_cut_it() -> None:
    passwords = Passwords()

    passwords.hold(1, "x" * 126 + "گ")

    assert passwords.of(1) == "x" * 126
    passwords.hold(1, "x" * 300)
    assert len(passwords.of(1)) == MOST_BYTES


def test_a_dropped_password_is_gone() -> None:
    passwords = Passwords()
    passwords.hold(1, "geheim")

    assert (passwords.drop(1), passwords.of(1), passwords.drop(1)) == (True, "", False)
