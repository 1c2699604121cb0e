"""What stands near a value, in either language."""

from prompts.nearby import Nearby

SOURCE = Nearby("Foo reaches 91% accuracy on Alpha, and Bar 93% on Beta.\nGamma is slow.")


def around(text: Nearby, words: str, whole: str) -> dict[str, float]:
    start = whole.index(words)
    return dict(text.around(start, start + len(words)))


def test_what_is_near_weighs_more_and_other_sentences_nothing() -> None:
    text = "Foo reaches 91% accuracy on Alpha, and Bar 93% on Beta.\nGamma is slow."
    found = around(SOURCE, "91%", text)

    assert found["nalpha"] > found["nbeta"] > 0
    assert "ngamma" not in found


def test_a_translation_is_most_like_what_it_translates() -> None:
    source = "Foo reaches 91% accuracy on Alpha, and Bar 93% on Beta.\nGamma is slow."
    draft = "دقت Foo در Alpha نود و یک درصد است."
    ours = around(Nearby(draft), "نود و یک درصد", draft)

    first, second = (around(SOURCE, value, source) for value in ("91%", "93%"))
    assert SOURCE.likeness(ours, first) > SOURCE.likeness(ours, second)


def test_a_heading_belongs_to_the_line_below_it() -> None:
    text = "Aug 19, 11:02 UTC\nResolved - the incident is over, and all models answer again."
    found = around(Nearby(text), "11:02", text)

    assert found.keys() & Nearby(text).around(len(text) - 1, len(text)).keys()
