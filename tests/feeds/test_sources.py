"""sources.toml, read and refused."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from feeds.sources import DEFAULT_FILE, load, named_origins, parse


def test_the_three_kinds_of_the_contract_are_read():
    arxiv, github, rss = parse("""
        [[arxiv]]
        categories = ["cs.CV", "cs.CL"]
        keywords   = ["diffusion", "OCR"]
        [[github]]
        repo = "ggml-org/llama.cpp"
        [[rss]]
        url  = "https://huggingface.co/blog/feed.xml"
        tags = ["#HuggingFace"]
    """)

    assert (arxiv.name, arxiv.categories, arxiv.keywords) == (
        "arXiv cs.CV+cs.CL",
        ("cs.CV", "cs.CL"),
        ("diffusion", "OCR"),
    )
    assert (github.name, github.prereleases, github.max_per_day) == (github.repo, False, 2)
    assert (rss.name, rss.tags) == ("huggingface.co/blog/feed.xml", ("#HuggingFace",))


def test_every_entry_takes_an_address_a_name_and_a_cap():
    (source,) = parse('[[github]]\nrepo="a/b"\nurl="http://mirror.lan/x"\nname="ب"\nmax_per_day=0')

    assert (source.url, source.name, source.max_per_day) == ("http://mirror.lan/x", "ب", 0)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ConfigError) as caught:
        parse("""
            [[arxiv]]
            categories = "cs.CL"
            keyword = ["x"]
            [[github]]
            repo = "llama.cpp"
            prereleases = 1
            [[rss]]
            name = "no address"
            [[blog]]
            url = "https://example.org"
        """)

    said = str(caught.value)
    for part in (
        "[[arxiv]] #1: categories must be a list",
        "[[arxiv]] #1: unknown key 'keyword'",
        "[[github]] #1: repo must be owner/name",
        "[[github]] #1: prereleases must be true or false",
        "[[rss]] #1: needs url",
        "unknown table 'blog'",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ('[[rss]]\nurl = "ftp://example.org"', "url"),
        ('[[rss]]\nurl = "http://"', "url"),
        ('[[rss]]\nurl = "http://[bad"', "url"),
        ('[[rss]]\nurl = "http://a:b/"', "url"),
        ("[[rss]]\nurl = 3", "url"),
        ('[[rss]]\nurl = "http://a"\nmax_per_day = -1', "max_per_day"),
        ('[[rss]]\nurl = "http://a"\nmax_per_day = true', "max_per_day"),
        ('[[rss]]\nurl = "http://a"\nweight = 0', "weight"),
        ('[[rss]]\nurl = "http://a"\nname = " "', "name"),
        ('[[rss]]\nurl = "http://a"\nrequire = true', "keywords"),
        ('[[arxiv]]\ncategories = ["cs CL"]', "categories"),
        ('[[arxiv]]\ncategories = ["cs.CL"]\nvia = "ftp"', "via"),
        ('[rss]\nurl = "http://a"', "two brackets"),
        ("arxiv = [1]", "table"),
        ("arxiv = [", "TOML"),
    ],
)
def test_a_wrong_value_is_named(entry, key):
    with pytest.raises(ConfigError, match=key):
        parse(entry)


def test_two_sources_of_one_name_are_refused():
    with pytest.raises(ConfigError, match=r"two sources are called 'a/b'"):
        parse('[[github]]\nrepo = "a/b"\n[[github]]\nrepo = "a/b"')


def test_the_default_set_is_read_where_there_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert {source.kind for source in load(Path("sources.toml"))} == {"arxiv", "github", "rss"}


def test_a_file_that_was_named_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="PEYK_SOURCES"):
        load(tmp_path / "mine.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b'\xef\xbb\xbf[[github]]\nrepo = "a/b"')

    assert len(load(file)) == 1


def test_a_file_that_is_not_text_is_refused(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="cannot read"):
        load(file)


def test_the_file_at_the_top_is_the_default_set():
    top = Path(__file__).parents[2] / "sources.toml"

    assert top.read_bytes() == DEFAULT_FILE.read_bytes()


def test_only_addresses_the_operator_wrote_are_named():
    sources = parse('[[github]]\nrepo="a/b"\n[[rss]]\nurl="https://Feeds.LAN/x"')

    assert named_origins(sources) == {"feeds.lan:443"}
