"""arXiv's answers, as recorded."""

import json
from datetime import UTC, datetime

import pytest

from bot.errors import SourceError
from db.model import Link
from feeds import arxiv, wellformed
from feeds.feed import Feed
from feeds.sources import Source

SOURCE = Source("arXiv", "arxiv", 6, categories=("cs.LG", "cs.AI"))
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


def recorded(shared, name, source=SOURCE) -> Feed:
    return arxiv.parse((shared / "arxiv" / name).read_bytes(), source)


def entry(**fields: str) -> bytes:
    """A daily feed with one entry."""
    told = {
        "title": "T",
        "guid": "oai:arXiv.org:2609.00001v1",
        "link": "https://arxiv.org/abs/2609.00001",
    } | fields
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    return (
        '<rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>cs.LG</title><item>{inner}</item></channel></rss>"
    ).encode()


def only(**fields: str):
    (item,) = arxiv.parse(entry(**fields), SOURCE).items
    return item


def test_the_addresses_of_its_three_ways():
    rss, atom, api = (
        arxiv.address(Source("a", "arxiv", 6, categories=("cs.CV", "cs.CL"), via=via))
        for via in ("rss", "atom", "api")
    )

    assert rss == "https://rss.arxiv.org/rss/cs.CV+cs.CL"
    assert atom == "https://rss.arxiv.org/atom/cs.CV+cs.CL"
    assert api.startswith("https://export.arxiv.org/api/query?search_query=cat%3Acs.CV+OR+cat")
    assert arxiv.address(Source("a", "arxiv", 6, url="http://mirror/x")) == "http://mirror/x"


def test_the_daily_rss_is_read(shared):
    new, *_ = recorded(shared, "rss/combined_lg_ai_cl_ml_2026-09-24.rss.xml").items

    assert (new.identity, new.revision, new.drop) == ("arxiv:2609.26811", "v1", "")
    assert new.title.startswith("The Drift Contract") and new.authors == ("Fabien Polly",)
    assert new.text.startswith("Local learning trains") and "Announce" not in new.text
    assert new.published == datetime(2026, 9, 24, 4, tzinfo=UTC) and new.tags == ("cs.LG",)


@pytest.mark.parametrize(
    ("file", "drops"),
    [
        ("rss/combined_lg_ai_cl_ml_2026-09-24.rss.xml", ["", "", "cross", "replace"]),
        ("rss/cs_ai_2025-08.atom.xml", ["", "cross", "cross", "cross"]),
        ("rss/cs_ai_2026-04-27.rss.xml", ["", "", ""]),
    ],
)
def test_cross_lists_and_replacements_are_no_news(shared, file, drops):
    assert sorted(item.drop for item in recorded(shared, file).items) == drops


def test_the_old_rdf_is_read(shared):
    source = Source("arXiv", "arxiv", 6, categories=("cs.CV",))
    items = recorded(shared, "rss/cs_2018-08-30.old.rdf.xml", source).items

    assert len(items) == 111
    assert items[0].title.endswith("Deep Neural Networks") and items[0].drop == "cross"
    assert items[0].authors[:2] == ("Nicolas Busca", "Christophe Balland")
    assert not items[0].text.startswith("<") and "\n" not in items[0].text
    assert sum(item.drop.startswith("replace") for item in items) == 44


def test_the_query_api_is_read(shared):
    items = recorded(shared, "api/cs_ai_lg_cl_25.xml").items

    assert len(items) == 25 and not any(item.drop for item in items)
    assert items[0].identity == "arxiv:2605.12495" and items[0].revision == "v1"
    assert items[0].authors[0] == "Runhui Huang" and len(items[0].authors) == 5
    assert Link("https://huangrh99.github.io/AlphaGRPO/", "page") in items[0].links


def test_old_style_ids_are_papers_too(shared):
    first, *_ = recorded(shared, "api/electron_2009_10.xml").items

    assert first.identity == "arxiv:cond-mat/0102536"
    assert first.url == "https://arxiv.org/abs/cond-mat/0102536"


def test_an_error_told_as_an_entry_is_an_error(shared):
    file = "id_abc_s0_m100_b79c8dcf6bc3.json"
    answer = json.loads((shared / "arxiv/api/arxivpy" / file).read_bytes())

    with pytest.raises(SourceError, match="incorrect id format"):
        arxiv.parse(answer["body"].encode(), SOURCE)


def test_every_recorded_page_of_the_api_is_read_whole(shared):
    for file in (shared / "arxiv/api/arxivpy").glob("q_*.json"):
        body = json.loads(file.read_bytes())["body"].encode()
        assert len(arxiv.parse(body, SOURCE).items) == body.count(b"<entry>")


def test_both_ways_of_reading_agree(shared, monkeypatch):
    files = [*(shared / "arxiv/rss").iterdir(), *(shared / "arxiv/api").glob("*.xml")]
    quick = [arxiv.parse(file.read_bytes(), SOURCE) for file in files]
    monkeypatch.setattr(wellformed, "parse", lambda body: None)

    assert quick == [arxiv.parse(file.read_bytes(), SOURCE) for file in files]


def test_broken_xml_is_left_to_feedparser():
    body = entry(description="bad reference &#1; and &nosuch; end")

    assert wellformed.parse(body) is None
    assert arxiv.parse(body, SOURCE).items[0].identity == "arxiv:2609.00001"


def test_entities_are_not_expanded_by_the_quick_way():
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa">]><rss><channel><title>&a;</title></channel></rss>'

    assert wellformed.parse(bomb) is None


def test_a_saturday_is_known_to_be_one(shared):
    feed = recorded(shared, "rss/weekend_empty.rss.xml")

    assert feed.items == () and arxiv.closed(feed, NOW) == "weekend"
    assert arxiv.day(feed, NOW).isoformat() == "2026-08-01"


@pytest.mark.parametrize(
    ("published", "why"),
    [
        (datetime(2026, 11, 26, 5, tzinfo=UTC), "holiday"),
        (datetime(2026, 11, 29, 12, tzinfo=UTC), "weekend"),
        (datetime(2026, 11, 30, 3, tzinfo=UTC), "weekend"),  # still Sunday in New York
    ],
)
def test_a_day_without_papers_has_a_reason(published, why):
    feed = Feed(skip_days=frozenset({"Saturday", "Sunday"}), published=published)

    assert arxiv.closed(feed, NOW) == why


def test_an_empty_answer_of_the_api_is_not_a_closed_day(shared):
    file = "id_0000.0000_s0_m100_8b51d9633a68.json"
    answer = json.loads((shared / "arxiv/api/arxivpy" / file).read_bytes())
    feed = arxiv.parse(answer["body"].encode(), SOURCE)

    assert feed.items == () and arxiv.closed(feed, NOW) == ""


@pytest.mark.parametrize(
    "abstract",
    [
        "This paper has been withdrawn by the authors due to an error.",
        "Abstract: The manuscript was withdrawn.",
        "Withdrawn by arXiv administrators.",
    ],
)
def test_a_withdrawn_paper_says_so(abstract):
    assert only(description=abstract).drop == "withdrawn"


def test_a_study_of_withdrawn_drugs_is_news():
    assert only(description="We study drugs withdrawn from the market.").drop == ""


def test_a_late_version_of_the_api_is_a_replacement():
    fields = {"guid": "2609.00001v3", "pubDate": "2026-01-01T00:00:00Z"}

    assert only(**fields, updated="2026-09-01T00:00:00Z").drop == "replace"
    assert only(**fields, updated="2026-01-02T00:00:00Z").drop == ""


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Code: https://github.com/a/b.", "https://github.com/a/b"),
        ("at github.com/a/b-c_d, and", "https://github.com/a/b-c_d"),
        ("(https://huggingface.co/org/model)", "https://huggingface.co/org/model"),
        ("see \\url{https://gitlab.com/g/p/}", "https://gitlab.com/g/p/"),
    ],
)
def test_code_named_in_the_abstract_becomes_a_link(text, url):
    assert Link(url, "code") in only(description=text).links


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (r"Erd\H{o}s and Poincar\'e", "Erdős and Poincaré"),
        (r"{\"U}ber G\"odel", "Über Gödel"),
        (r"Stra\ss e by {\O}rsted", "Straße by Ørsted"),
        (r"\emph{Deep} \textbf{nets}", "Deep nets"),
        (r"The $\mathcal{N}=4$ and $\'x$ case", r"The $\mathcal{N}=4$ and $\'x$ case"),
    ],
)
def test_latex_in_titles_is_left_readable(title, shown):
    assert only(title=title).title == shown


def test_an_entry_without_an_id_is_passed_over():
    assert arxiv.parse(entry(guid="x", link="https://example.org"), SOURCE).items == ()
