"""The documentation: it builds strictly, loads nothing from other servers, and names commands and fields that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from scripts.site_pages import COPIED, GENERATED, BrokenLinkError, with_links, write_pages

from flighttracker.errors import SpecError
from flighttracker.spec import parse_tracker
from flighttracker_cli.main import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages and the configuration of the site."""
    folder = tmp_path_factory.mktemp("site")
    write_pages(folder / "build/docs", "")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", "mkdocs.yml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def site(checkout: Path) -> Path:
    result = build(checkout)
    assert result.returncode == 0, result.stdout + result.stderr
    return checkout / "build/site"


def test_the_site_has_every_page(site: Path, checkout: Path) -> None:
    pages = {
        path.relative_to(checkout / "build/docs").with_suffix(".html") for path in checkout.glob("build/docs/**/*.md")
    }
    assert len(pages) > 30
    assert {path for path in pages if not (site / path).is_file()} == set()


def test_every_page_is_in_the_navigation() -> None:
    places = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    written = {place for place in (*COPIED.values(), *GENERATED) if place.endswith(".md")}
    assert {page for page in pages | written if not page.startswith("adr/")} == places


def test_no_page_loads_anything_from_another_server(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    loading = re.compile(
        r"<(?:script|img|iframe|source)[^>]*\bsrc=[\"']?(?:https?:)?//|<link[^>]*\bhref=[\"']?(?:https?:)?//"
    )
    assert [page.name for page in pages if loading.search(page.read_text(encoding="utf-8"))] == []
    styles = [
        path
        for path in site.rglob("*.css")
        if re.search(r"@import|url\(\s*[\"']?(https?:)?//", path.read_text("utf-8"))
    ]
    assert styles == []


@pytest.mark.parametrize("link", ["concepts.md#nowhere", "nowhere.md"])
def test_a_broken_link_ends_the_build(checkout: Path, tmp_path: Path, link: str) -> None:
    shutil.copytree(checkout, tmp_path, dirs_exist_ok=True)
    page = tmp_path / "build/docs/faq.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n[broken]({link})\n", encoding="utf-8")
    assert build(tmp_path).returncode != 0


def test_a_link_out_of_the_documentation_leads_to_the_repository_or_is_text() -> None:
    text = "[log reader](../services/core/src/flighttracker/avro.py), [chart](../charts/flighttracker/README.md#values)"
    inside = "[chart](reference/chart.md#values)"
    assert with_links(text, "docs/faq.md", "faq.md", "") == f"log reader, {inside}"
    repository = "https://git.example.org/flights"
    assert with_links(text, "docs/faq.md", "faq.md", repository) == (
        f"[log reader]({repository}/blob/main/services/core/src/flighttracker/avro.py), {inside}"
    )


def test_a_link_to_a_file_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(BrokenLinkError, match=r"docs/faq.md links to \.\./nowhere.py, which does not exist"):
        with_links("see [code](../nowhere.py)", "docs/faq.md", "faq.md", "")


def test_a_link_in_a_block_of_code_is_text() -> None:
    block = "```md\n[code](../nowhere.py)\n```"
    assert with_links(block, "docs/faq.md", "faq.md", "") == block


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_the_documentation_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for command, rest in re.findall(r"(?:[`/|]|^) ?flighttracker ([a-z]+)([^`\n|#]*)", text, re.M):
        assert command in cli.commands, f"flighttracker {command}"
        chosen = cli.commands[command]
        if isinstance(chosen, click.Group):
            below = rest.split()[0]
            assert below in chosen.commands, f"flighttracker {command} {below}"
            chosen = chosen.commands[below]
        known = {option for parameter in chosen.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known | {"--help"}, rest


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_resources_in_the_documentation_are_valid(path: Path) -> None:
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```", path.read_text(encoding="utf-8"), re.M | re.S):
        content = yaml.safe_load(block)
        if not isinstance(content, dict) or not {"spec", "apiVersion"} & set(content):
            continue
        whole = {
            "apiVersion": "flighttracker.io/v1alpha1",
            "kind": "FlightTracker",
            "metadata": {"name": "page"},
            **content,
        }
        try:
            parse_tracker(yaml.safe_dump(whole), source=str(path))
        except SpecError as error:
            pytest.fail(f"{block}\n{error}")
