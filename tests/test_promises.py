"""What the documents and the plan of the house promise, held against the code."""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from bot.cli import parser
from bot.config import setting_fields
from db.model import NEXT, State
from handlers import routes
from handlers.texts import welcome
from prompts import vocabulary

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDERS = ("bot", "db", "feeds", "handlers", "prompts")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}


# Documents


def part(name: str) -> str:
    """What stands in the README between the marks of this name."""
    return README.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]


def commands_table() -> str:
    """The commands as argparse knows them."""
    (commands,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    rows = []
    for help_ in commands._choices_actions:
        options = " ".join(_option(a) for a in commands.choices[help_.dest]._actions[1:])
        rows.append(f"| `{help_.dest}{options and ' '}{options}` | {help_.help} |")
    return "\n".join(["| command | does |", "|---|---|", *rows, ""])


def _option(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar)
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return f"[{action.option_strings[-1]}{value}]"


def settings_table() -> str:
    """The settings as bot.config knows them."""
    rows = ["| name | meaning | default |", "|---|---|---|"]
    for field in setting_fields():
        told = field.metadata
        default = f"`{told['default']}`" if told["default"] else ""
        rows.append(f"| `{told['name']}` | {told['help']} | {default} |")
    return "\n".join([*rows, ""])


def env_example() -> str:
    """.env.example, made of the settings."""
    lines = ["# Copy to .env, or let `peyk init` write it. Secrets belong only here.\n"]
    for field in setting_fields():
        told = field.metadata
        lines.append(f"# {told['help'].replace('`', '')}\n#{told['name']}={told['default']}\n")
    return "\n".join(lines)


def test_the_readme_names_every_command():
    assert part("commands") == commands_table()


def test_the_readme_names_every_setting():
    assert part("settings") == settings_table()


def test_the_example_names_every_setting():
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example()


def test_the_readme_explains_every_state():
    assert re.findall(r"^\| `(\w+)` \| .*$", README.partition("state of a draft")[2], re.M)[
        : len(State)
    ] == [str(state) for state in State]


def test_the_readme_names_every_command_of_the_chat():
    known = {name for name, _ in (*welcome.COMMANDS, *welcome.ADMIN_COMMANDS)}

    assert known >= set(routes.ADMIN_COMMANDS)
    assert [name for name in sorted(known) if f"`/{name}`" not in README] == []


def test_every_address_inside_the_repository_exists():
    texts = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("*.md")}
    texts |= {path: path.read_text(encoding="utf-8") for path in ROOT.glob("docs/*.md")}
    links = [
        (path.parent / target)
        for path, text in texts.items()
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", text)
    ]

    assert [str(link) for link in links if not link.exists()] == []


def test_the_picture_of_the_house_shows_every_file():
    drawing = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = [path for path in FILES if path.name != "__init__.py" and "demo" not in path.parts]

    assert [str(path) for path in shown if f" {path.name} " not in drawing] == []


def test_the_drawing_of_the_states_is_the_codes():
    drawing = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = (State.__doc__ or "").splitlines()[2:]

    assert [line for line in lines if line.strip() not in drawing] == []


def test_packaging_knows_every_package():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in FILES}

    assert packages == set(told["tool"]["setuptools"]["packages"])


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_holds_every_dependency_and_names_no_registry(lock):
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / lock).read_text(encoding="utf-8")
    names = [re.split(r"[\[<>=]", needed)[0] for needed in told["project"]["dependencies"]]

    assert [name for name in names if f"\n{name}==" not in f"\n{text}"] == []
    assert "://" not in text and text.count("==") <= text.count("--hash=sha256:")


def test_the_tests_run_on_the_versions_that_operators_get():
    runtime, local, dev = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M))
        for name in ("requirements.lock", "requirements-local.lock", "requirements-dev.lock")
    )

    assert runtime | local <= dev and local


@pytest.mark.parametrize("lock", ["requirements-local.lock", "requirements-models.lock"])
def test_every_line_of_the_short_locks_has_its_checksum(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "://" not in text and 0 < text.count("==") <= text.count("--hash=sha256:")


# The plan of the house


FLOORS = {
    0: (
        *("bot.errors", "bot.config", "bot.logs", "bot.persian", "bot.practice", "bot.chart"),
        *("bot.certificates", "bot.confined", "bot.loading", "bot.passwords"),
    ),
    1: (
        *("db", "prompts", "bot.models", "bot.findings", "bot.flood", "bot.slots", "bot.turns"),
        *("bot.together", "bot.progress"),
    ),
    2: (
        "feeds",
        "bot.channel",
        "bot.documents",
        "bot.context",
        "bot.numbers",
        "bot.reading",
        *("bot.answers", "bot.asking"),
        "bot.updates",
        "bot.checking",
        "bot.filters",
        "bot.importing",
        *("bot.quiz_file", "bot.quiz_text", "bot.quiz_writing"),
    ),
    3: ("handlers",),
    4: (
        *("bot.steps", "bot.schedule", "bot.webhook", "bot.telegram_check", "bot.doctor"),
        "bot.evaluate",
    ),
    5: ("bot.app", "bot.first_steps", "bot.ocr_shell", "bot.ask_shell", "bot.tryout"),
    6: ("bot.cli", "bot.__main__"),
}
TELEGRAM_ROOMS = (
    *("handlers", "bot.channel", "bot.context", "bot.app", "bot.schedule", "bot.steps"),
    *("bot.flood", "bot.updates", "bot.webhook", "bot.telegram_check", "bot.first_steps"),
)
FENCES = {
    "telegram": TELEGRAM_ROOMS,
    "openai": ("bot.models.door",),
    "feedparser": ("feeds",),
    "pypdfium2": ("feeds.first_page", "bot.documents.artist"),
    "PIL": ("feeds.first_page", "bot.documents", "bot.doctor", "bot.chart"),
    "fsrs": ("bot.practice",),
    "xllamacpp": ("bot.models.engine",),
    "httpx": ("feeds", "bot.channel.publish", "bot.models.hub", "bot.tryout", "bot.certificates"),
    "sqlite_utils": ("db", "feeds", "bot", "handlers"),
    "sqlite3": ("db", "bot.cli", "bot.doctor", "bot.updates", "bot.together"),
    "tornado": ("bot.demo", "bot.webhook", "bot.tryout"),
}
"""Who may import a library. sqlite_utils: its type is named by all who hand a database on."""


@cache
def imports(path: Path) -> set[str]:
    """Every module that a file imports when it runs, at its top or later."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_typed = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in only_typed:
            continue
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def within(module: str, rooms: tuple[str, ...]) -> bool:
    """Whether a module is one of `rooms` or inside one."""
    return any(f"{module}.".startswith(f"{room}.") for room in rooms)


def floor(module: str) -> int | None:
    """On which floor a module is; None: outside the house."""
    floors = [level for level, rooms in FLOORS.items() if within(module, rooms)]
    return floors[0] if floors else None


IN_HOUSE = [name for name in MODULES if not within(name, ("bot.demo",)) and name != "bot.__init__"]


def test_every_module_has_a_floor():
    assert [name for name in IN_HOUSE if floor(name) is None] == []


def test_imports_go_down_only():
    up = [
        f"{name} imports {other}"
        for name in IN_HOUSE
        for other in imports(MODULES[name])
        if (floor(other) or 0) > (floor(name) or 0)
    ]

    assert up == []


def test_the_embedded_telegram_stands_beside_the_house():
    demo = [name for name in MODULES if within(name, ("bot.demo",))]
    from_inside = {o for name in demo for o in imports(MODULES[name])}
    from_outside = {
        n for n in IN_HOUSE if any(within(o, ("bot.demo",)) for o in imports(MODULES[n]))
    }

    assert [o for o in from_inside if within(o, FOLDERS) and not within(o, ("bot.demo",))] == []
    assert not [o for o in from_inside if within(o, ("telegram",))]
    assert from_outside <= {"bot.tryout"}


def test_only_wiring_knows_the_handlers():
    others = {
        name
        for name in IN_HOUSE
        if not within(name, ("handlers",))
        and any(within(other, ("handlers",)) for other in imports(MODULES[name]))
    }

    assert others == {"bot.app", "bot.schedule", "bot.steps"}


@pytest.mark.parametrize("library", FENCES)
def test_a_library_stays_behind_its_fence(library):
    outside = [
        name
        for name in MODULES
        if any(within(other, (library,)) for other in imports(MODULES[name]))
        and not within(name, FENCES[library])
    ]

    assert outside == []


SLOW = frozenset(
    {
        *("openai", "feedparser", "pypdfium2", "PIL", "fsrs", "bot.importing", "bot.chart"),
        *("bot.persian.typesetting", "bot.persian.numbers", "bot.persian.direction"),
        *("bot.channel.series", "bot.documents.word", "bot.quiz_file", "prompts.claims"),
        *("prompts.accept", "prompts.quiz_accept", "prompts.support", "feeds.collect"),
    }
)
"""Modules that take long to load, or much of the memory."""
WITH_THE_JOBS = frozenset(
    {"feeds.collect", "feedparser", "bot.chart", "bot.quiz_file", "prompts.quiz_accept"}
)
"""Those of them that come with the jobs, a little later."""
LOADED_AT_START = {"routes", "feature", "awaited", "errors", "guide", "archive", "texts"}
"""Of the handlers."""


def loaded_by(program: str) -> set[str]:
    """What a new process has loaded after this."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_a_start_loads_nothing_that_can_wait():
    loaded = loaded_by("import bot.cli, bot.app, db.schema")
    handlers = {name.split(".")[1] for name in loaded if name.startswith("handlers.")}

    assert loaded & SLOW == set()
    assert handlers == LOADED_AT_START


def test_the_jobs_load_nothing_that_can_wait():
    needs = "from bot.schedule import NEEDS\nfrom importlib import import_module"
    loaded = loaded_by(f"{needs}\nfor name in NEEDS: import_module(name)")

    assert loaded & SLOW - WITH_THE_JOBS == set()


def test_sql_is_written_in_db_only():
    statement = re.compile(r"\b(select .+ from|insert into|update \w+ set|delete from) ", re.I)
    outside = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if "db" not in path.parts
        for node in strings(path)
        if statement.search(node.value)
    ]

    assert outside == []


def test_the_environment_is_read_in_one_place():
    readers = {
        name
        for name, path in MODULES.items()
        if re.search(r"\bos\.(environ|getenv)\b(?!\.setdefault)", path.read_text(encoding="utf-8"))
    }

    assert readers <= {"bot.config", "bot.first_steps", "feeds.parse"}


def test_every_module_says_what_it_is():
    silent = [
        name
        for name, path in MODULES.items()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]

    assert silent == []


# The states


def test_every_state_can_be_reached_and_left():
    reached = {state for follows in NEXT.values() for state in follows}

    assert set(NEXT) == set(State)
    assert set(State) - reached == set()
    assert {state for state, follows in NEXT.items() if not follows} == {State.SENT}


def test_no_state_is_a_dead_end():
    ends = {State.SENT}
    while more := {state for state in State if NEXT[state] & ends} - ends:
        ends |= more

    assert ends == set(State)


# The language


PERSIAN = re.compile(r"[\u0621-\u06ff]")
MISSPELT = re.compile(r"[\u064a\u0643\u0649\u0660-\u0669]")
"""Arabic yeh, kaf and alef maksura, and Arabic-Indic digits; Persian has its own."""
UNMARKED_COMMAND = re.compile(r"(?<![\w/@.:`\u200e-])/[a-z]{3}")
"""Right-to-left text shows the slash behind the word unless a mark stands before it."""
SPEAKING = (
    "bot.documents.poppler",  # the letters that pdftotext puts in the wrong order
    *("handlers.texts", "prompts", "bot.persian", "bot.demo", "bot.tryout", "bot.slots"),
    "bot.config",  # the help of PEYK_QUIET_HOURS names a button
    "bot.channel.post",  # the word for a link without a label
    "bot.channel.part_links",  # the labels of the links between parts
    "bot.channel.series",  # the words that titles of parts are made of
    "bot.quiz_text",  # the word before an explanation
    "bot.quiz_file",  # what teachers are told of their files
    "db.question_posts",  # the words that number a quiz
    "db.drafts",  # the name that stands in for a forgotten one
)


def strings(path: Path) -> list[ast.Constant]:
    """Every literal text of a file but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
    ]


def test_sentences_are_in_the_files_for_sentences():
    elsewhere = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for name, path in MODULES.items()
        if not within(name, SPEAKING)
        for node in strings(path)
        if len(PERSIAN.findall(node.value)) > 1
    ]

    assert elsewhere == []


def test_our_persian_is_spelt_with_persian_letters():
    written = {
        path: path.read_text(encoding="utf-8")
        for path in (ROOT / "prompts").iterdir()
        if path.suffix in (".md", ".txt", ".json")
    }
    spoken = {
        path: "\n".join(node.value for node in strings(path))
        for path in (ROOT / "handlers" / "texts").glob("*.py")
    }

    misspelt = [
        f"{path.name}: {line}"
        for path, text in (written | spoken | {ROOT / "README.md": README}).items()
        for line in text.splitlines()
        if MISSPELT.search(line)
    ]
    assert misspelt == []


def test_a_command_in_a_persian_sentence_keeps_its_slash_in_front():
    unmarked = [
        f"{path.name}:{node.lineno} {node.value}"
        for path in (ROOT / "handlers" / "texts").glob("*.py")
        for node in strings(path)
        if PERSIAN.search(node.value) and UNMARKED_COMMAND.search(node.value)
    ]

    assert unmarked == []


def test_every_tag_of_the_vocabulary_can_be_a_hashtag():
    tags = vocabulary.load().tags

    assert tags and all(re.fullmatch(r"#[\w\u200c]+", tag) for tag in tags)


def write() -> None:
    """Write the generated parts of the documents anew."""
    text = README
    for name, table in (("commands", commands_table()), ("settings", settings_table())):
        text = text.replace(f"{part(name)}<!-- /{name} -->", f"{table}<!-- /{name} -->")
    (ROOT / "README.md").write_text(text, encoding="utf-8")
    (ROOT / ".env.example").write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    write()
