"""Sentences of a summary rest on sentences of the source."""

from prompts.support import support

SOURCE = (
    "We train a model on 2.5 million images. On ImageNet it reaches 85% accuracy."
    " Inference is 20x faster on GPUs. The weights are released."
)


def test_each_sentence_finds_the_one_it_rests_on() -> None:
    draft = "استنتاج روی GPU بیست برابر سریع‌تر است. دقت در ImageNet به ۸۵ درصد می‌رسد."

    (_, first, _), (_, second, score) = support(draft, SOURCE)

    assert first == "Inference is 20x faster on GPUs."
    assert second == "On ImageNet it reaches 85% accuracy." and score > 0.5


def test_a_sentence_about_something_else_rests_on_none() -> None:
    assert support("هوا امروز آفتابی بود.", SOURCE)[0][1:] == (None, 0.0)


def test_an_empty_source_bears_nothing() -> None:
    assert support("دقت ۸۵ درصد است.", "") == [("دقت ۸۵ درصد است.", None, 0.0)]


def test_a_term_among_many_is_too_little_to_rest_on() -> None:
    draft = "مدل‌های مالی در آزمون با دادهٔ گذشته اغلب خوب‌اند و شبیه‌سازی سوگیری حافظه را مهار می‌کند."

    assert support(draft, "Outdoor festivals open with new models. The sea is calm.")[0][1] is None


def test_a_common_name_bears_with_less_than_terms_do() -> None:
    draft = "LOLA در حافظه و سرعت و هزینه بررسی شد."

    assert support(draft, "We present LOLA. The sea is calm.")[0][1] == "We present LOLA."
