"""Every file, symbol, test and metric that the documentation names exists."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from scripts.site_pages import GENERATED

ROOT = Path(__file__).parents[2]
PAPERS = (
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md")),
)
LINK = re.compile(r"\[(`?)([^]\[]+?)\1\]\(([^)#\s]+)[^)]*\)")
SYMBOL = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?")


def links() -> list[tuple[str, str, str, bool]]:
    found = []
    for paper in PAPERS:
        for tick, text, target in LINK.findall((ROOT / paper).read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")):
                found.append((paper, text, target, bool(tick)))
    return found


def defines(source: str, name: str) -> bool:
    return bool(re.search(rf"\b(?:class|def|function\*?|const|let|type|interface) {name}\b|^{name}\b.*=", source, re.M))


def test_there_are_links_to_check() -> None:
    assert len(links()) > 40


@pytest.mark.parametrize("link", links(), ids=lambda link: f"{link[0]}: {link[1]}")
def test_the_target_of_a_link_exists(link: tuple[str, str, str, bool]) -> None:
    paper, text, target, is_code = link
    path = (ROOT / paper).parent / target
    is_generated = os.path.normpath(path) in {str(ROOT / "docs" / place) for place in GENERATED}
    assert path.exists() or is_generated, f"{paper} links to {target}, which is not there"
    if is_code and path.suffix in {".py", ".ts", ".tsx"} and SYMBOL.fullmatch(text) and not text.endswith(path.suffix):
        source = path.read_text(encoding="utf-8")
        for name in text.split("."):
            assert defines(source, name), f"{target} does not define {name}"


@pytest.mark.parametrize("paper", PAPERS)
def test_every_metric_that_is_named_is_registered(paper: str) -> None:
    paths = [path for folder in ("services", "operator") for path in (ROOT / folder).rglob("*.py")]
    sources = "".join(path.read_text(encoding="utf-8") for path in paths)
    named = set(re.findall(r"`(flights_[a-z_]+)", (ROOT / paper).read_text(encoding="utf-8")))
    # prometheus_client appends _total to the name of a counter and _info to that of an info.
    registered = {name: re.sub(r"_(total|info)$", "", name) for name in named}
    assert {name for name, stem in registered.items() if f'"{stem}' not in sources} == set()


def test_the_architecture_can_be_read_in_ten_minutes() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 250


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for paper in PAPERS:
        text = re.sub(r"^```.*$", "", (ROOT / paper).read_text(encoding="utf-8"), flags=re.M)
        named = set(
            re.findall(r"\bmake ([a-z][a-z-]*)", " ".join(re.findall(r"`[^`]+`|^(?:\$ )?make .*$", text, re.M)))
        )
        assert named <= targets, f"{paper} names {named - targets}"
