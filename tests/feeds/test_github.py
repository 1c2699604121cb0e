"""GitHub's releases, as recorded."""

import json

import pytest

from bot.errors import SourceError
from feeds import github
from feeds.sources import Source


def source(repo="owner/repo", **options) -> Source:
    return Source(repo, "github", 2, repo=repo, **options)


def recorded(shared, name, **options):
    return github.parse((shared / "github" / name).read_bytes(), source(**options)).items


def rest(**fields):
    release = {"tag_name": "v1", "html_url": "https://github.com/Owner/Repo/releases/tag/v1"}
    return github.parse(json.dumps([release | fields]).encode(), source("Owner/Repo")).items


def test_the_addresses_with_and_without_a_token():
    assert github.address(source("a/b")) == "https://github.com/a/b/releases.atom"
    assert github.address(source("a/b"), rest=True).startswith(
        "https://api.github.com/repos/a/b/releases"
    )
    assert github.address(source(url="http://mirror/x"), rest=True) == "http://mirror/x"


def test_the_atom_feed_is_read(shared):
    first, early, *_ = recorded(shared, "atom/ollama.releases.atom", repo="ollama/ollama")

    assert first.identity == "github:ollama/ollama@v0.32.15"
    assert first.title == "ollama/ollama v0.32.15" and first.drop == ""
    assert first.text.startswith("What's Changed\n\n• New desktop") and "<" not in first.text
    assert [link.label for link in first.links] == ["release"]
    assert early.drop == "prerelease"


def test_prereleases_are_news_where_they_are_wanted(shared):
    items = recorded(shared, "atom/vllm.releases.atom", prereleases=True)

    assert [item.drop for item in items] == [""] * 4


def test_an_empty_body_is_an_empty_text(shared):
    items = recorded(shared, "atom/vllm.releases.atom", repo="vllm-project/vllm")

    assert items[1].title == "vllm-project/vllm v0.27.1" and items[1].text == ""


def test_a_release_name_that_says_more_than_the_tag_is_shown(shared):
    repo = "modelcontextprotocol/servers"
    first, *_ = recorded(shared, "atom/mcp-servers.releases.atom", repo=repo)

    assert first.title == f"{repo} Release 2026.8.18"


def test_the_rest_answer_is_read(shared):
    items = recorded(shared, "releases/claude_code_5.json", repo="anthropics/claude-code")

    assert len(items) == 5 and items[0].identity == "github:anthropics/claude-code@v2.1.132"
    assert items[0].text.startswith("What's changed\n\n• Added")
    assert items[0].published.isoformat() == "2026-05-06T22:08:13+00:00"


def test_tags_of_a_monorepo_keep_their_package(shared):
    items = recorded(shared, "releases/dependabot_releases_with_mixed_tag_formats.json")

    assert items[0].identity == "github:facebook/react@eslint-plugin-react-hooks@5.0.0"


def test_releases_without_name_or_body_are_read(shared):
    items = recorded(
        shared, "releases/dependabot_releases_no_names.json", repo="gocardless/business"
    )

    assert items[0].title == "gocardless/business v1.7.0.beta"
    assert items[0].drop == "prerelease"


def test_every_release_of_vllm_is_read_and_bounded(shared):
    releases = json.loads((shared / "github/releases/vllm_all.json").read_bytes())["releases"]
    items = github.parse(json.dumps(releases).encode(), source("vllm-project/vllm")).items

    assert len(items) == 103 and max(len(item.text) for item in items) == 20_000


def test_github_itself_decides_what_is_a_prerelease():
    assert rest(prerelease=True)[0].drop == "prerelease"


def test_a_draft_release_is_not_seen(shared):
    assert rest(draft=True) == ()


def test_atom_and_rest_give_one_identity():
    (item,) = rest()

    assert item.identity == "github:owner/repo@v1" and item.title == "Owner/Repo v1"


def test_a_list_of_commits_holds_no_release(shared):
    assert recorded(shared, "atom/miniflux.commits.atom") == ()


@pytest.mark.parametrize(
    ("tag", "early"),
    [
        ("v1.0-rc1", True),
        ("v0.28.0rc1", True),
        ("1.7.0.beta", True),
        ("2.0b3", True),
        ("1.0a1", True),
        ("v1.0-alpha.2", True),
        ("nightly", True),
        ("nightly-2026-08-01", True),
        ("2.0.dev5", True),
        ("pkg@1.0.0-canary.4", True),
        ("v1.0", False),
        ("b4321", False),
        ("gguf-v0.17.0", False),
        ("eslint-plugin@5.0.0", False),
        ("alphafold-2.0", False),
        ("2026.8.18", False),
    ],
)
def test_a_prerelease_is_known_by_its_tag(tag, early):
    assert github.prerelease(tag) is early


@pytest.mark.parametrize(
    "body", [b'{"message": "Not Found"}', b"[", b"{}", b"[" * 100_000, b"<html></html>", b""]
)
def test_an_answer_that_is_no_list_of_releases_is_an_error(body):
    with pytest.raises(SourceError):
        github.parse(body, source())


def test_nonsense_in_a_list_is_passed_over():
    assert github.parse(b'[1, null, {}, {"tag_name": 5}]', source()).items == ()
