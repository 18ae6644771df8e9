"""Each promise of docs/security.md names a test, and each of these tests exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flighttracker.spec.gateway import Limits

PAPER = Path(__file__).parents[2] / "docs" / "security.md"
TEXT = PAPER.read_text(encoding="utf-8")
LINKS = re.findall(r"\[`([^`]+)`\]\(([^)]+)\)", TEXT)


def test_there_are_promises_to_check() -> None:
    assert len(LINKS) > 40


@pytest.mark.parametrize(("name", "target"), LINKS, ids=[name for name, _ in LINKS])
def test_the_test_of_a_promise_exists(name: str, target: str) -> None:
    file, _, heading = target.partition("#")
    path = (PAPER.parent / file).resolve()
    assert path.exists(), f"docs/security.md links to {target}, which is not there"
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
    assert not heading or heading in [re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in headings]
    if path.suffix == ".py" and name != path.name:
        assert f"def {name}(" in path.read_text(encoding="utf-8"), f"{target} has no test {name}"


def test_every_limit_of_a_client_is_listed() -> None:
    fields = {field.alias for field in Limits.model_fields.values()}
    unlisted = {"maxSlotsPerShard"}  # what sources may take, not clients
    assert {field for field in fields if f"`{field}`" not in TEXT} == unlisted
