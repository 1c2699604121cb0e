"""The recordings that the demo reads without a network."""

from pathlib import Path
from string import Template

from feeds.read import READERS
from feeds.sources import parse
from feeds.story import Stories

RECORDED = Path(__file__).parents[2] / "bot/demo/recorded"


def test_every_recording_is_named_and_read():
    text = Template((RECORDED / "sources.toml").read_text(encoding="utf-8"))
    sources = parse(text.substitute(RECORDED="http://127.0.0.1:1/recorded"))

    for source in sources:
        body = (RECORDED / source.url.rpartition("/")[2]).read_bytes()
        assert any(not item.drop for item in READERS[source.kind](body, source).items)
    assert {source.kind for source in sources} == {"arxiv", "github", "rss"}


def test_one_story_of_the_demo_comes_from_two_feeds():
    text = (RECORDED / "sources.toml").read_text(encoding="utf-8")
    sources = parse(text.replace("$RECORDED", "http://127.0.0.1:1"))
    stories, merged = Stories(), []
    for source in sources:
        body = (RECORDED / source.url.rpartition("/")[2]).read_bytes()
        for item in READERS[source.kind](body, source).items:
            told = (old for old, how in stories.related(item) if how.kind == "same")
            merged += [(old.source, item.source) for old in told]
            stories.add(item)

    assert merged == [("OpenFlow (invented)", "Model Wire (invented)")]
