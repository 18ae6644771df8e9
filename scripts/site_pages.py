"""Write the pages of the site to build/docs: docs/, the generated reference, and the documents of other folders.

`make docs` runs it before zensical. `ARCHITECTURE.md` and others keep their place, where links lead to them, and become
pages. A link to a file that is not a page leads to the repository of `DOCS_REPOSITORY`, and without that it is plain
text. A link to a file that does not exist ends the build.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from scripts.reference import avro, commands, http_api, metrics, resource, settings, status, websocket

from flighttracker.spec.editor_schema import editor_schema
from flighttracker_cli.examples import example_summaries, example_text

ROOT: Final = Path(__file__).parents[1]

COPIED: Final[Mapping[str, str]] = {
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "SECURITY.md": "reporting.md",
    "charts/flighttracker/README.md": "reference/chart.md",
    "schemas/flighttracker_schemas/frame.md": "reference/frame.md",
    "schemas/flighttracker_schemas/tiles.md": "reference/tiles.md",
}
"""Documents of the repository that are pages, by path; the value is their place in the site."""


def example_page() -> str:
    """Return the page of the examples, each with its YAML."""
    head = "# Examples\n\n`flighttracker examples NAME` prints one of these, and `flighttracker examples` lists them.\n"
    parts = [
        f"## {name}\n\n{summary}\n\n```yaml\n{example_text(name)}```\n" for name, summary in example_summaries().items()
    ]
    return "\n".join([head, *parts])


GENERATED: Final[Mapping[str, Callable[[], str]]] = {
    "examples.md": example_page,
    "reference/resource.md": resource.page,
    "reference/settings.md": settings.page,
    "reference/commands.md": commands.page,
    "reference/metrics.md": metrics.page,
    "reference/status.md": status.page,
    "reference/http.md": http_api.page,
    "reference/positions.md": avro.page,
    "reference/asyncapi.json": lambda: json.dumps(websocket.document(), indent=2),
    "reference/openapi.json": lambda: json.dumps(http_api.document(), indent=2),
    "reference/flighttracker.schema.json": lambda: json.dumps(editor_schema(), indent=2),
}
"""Files that code writes, by their place in the site."""

_FENCE: Final = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)
_MERMAID: Final = re.compile(r"^```mermaid\n.*?^```\n", re.M | re.S)
_LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


class BrokenLinkError(Exception):
    """A page links to a file that does not exist."""


def write_pages(target: Path, repository: str) -> int:
    """Write every page into an empty folder, and return their number.

    Raises:
        BrokenLinkError: a page links to a file that does not exist.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "docs", target)
    for source, place in COPIED.items():
        _write(target / place, _MERMAID.sub("", (ROOT / source).read_text(encoding="utf-8")))
    for place, make in GENERATED.items():
        _write(target / place, make())
    sources = {place: source for source, place in COPIED.items()}
    pages = sorted(target.rglob("*.md"))
    for page in pages:
        place = page.relative_to(target).as_posix()
        text = with_links(page.read_text(encoding="utf-8"), sources.get(place, f"docs/{place}"), place, repository)
        _write(page, text)
    return len(pages)


def with_links(text: str, source: str, place: str, repository: str) -> str:
    """Return a page whose links lead to where the files are.

    Args:
        text: its Markdown.
        source: its file in the repository.
        place: its file in the site.
        repository: address of the repository; empty for none.

    Raises:
        BrokenLinkError: a file does not exist.
    """
    fences = [match[0] for match in _FENCE.finditer(text)]
    prose = _FENCE.sub("\0", text)
    linked = _LINK.sub(lambda match: _link(match, source, place, repository), prose).split("\0")
    return "".join(part + fence for part, fence in zip(linked, [*fences, ""], strict=True))


def _link(match: re.Match[str], source: str, place: str, repository: str) -> str:
    image, words, target = match.groups()
    if re.match(r"[a-z]+:|#", target):
        return match[0]
    path, _, fragment = target.partition("#")
    file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    inside = COPIED.get(file, file.removeprefix("docs/"))
    if file not in COPIED and inside not in (*GENERATED, *COPIED.values()):
        if not (ROOT / file).exists():
            raise BrokenLinkError(f"{source} links to {target}, which does not exist")
        if not file.startswith("docs/") or (ROOT / file).is_dir():
            return f"{image}[{words}]({repository.rstrip('/')}/blob/main/{file})" if repository else words
    link = posixpath.relpath(inside, posixpath.dirname(place) or ".")
    return f"{image}[{words}]({link}{'#' if fragment else ''}{fragment})"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Write the pages."""
    try:
        count = write_pages(ROOT / "build/docs", os.environ.get("DOCS_REPOSITORY", ""))
    except BrokenLinkError as error:
        sys.exit(f"error: {error}")
    print(f"build/docs: {count} pages")


if __name__ == "__main__":
    main()
