"""docs/capability-levels.md claims only what a test shows; `test_architecture.py` checks that these tests exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
import yaml
from scripts.olm.bundle import CAPABILITIES

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs/capability-levels.md").read_text(encoding="utf-8")
LEVELS: Final = ("Basic Install", "Seamless Upgrades", "Full Lifecycle", "Deep Insights", "Auto Pilot")
CLAIMS: Final = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| claim")]


def test_each_level_has_claims() -> None:
    headings = re.findall(r"^## ([1-5]) ([A-Za-z ]+)", TEXT, re.M)
    assert [title.lower() for _, title in headings[:4]] == [level.lower() for level in LEVELS[:4]]
    assert len(CLAIMS) >= 20
    for part in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        assert len(re.findall(r"^\| (?!claim)", part, re.M)) >= 2, part.partition("\n")[0]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.split("|")[1].strip()[:60])
def test_each_claim_has_a_test(claim: str) -> None:
    _, words, proof, _ = claim.split("|")
    assert words.strip()
    names = re.findall(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)", proof)
    assert names, f"{words.strip()} has no test"
    for name, path in names:
        assert re.search(rf"def {name}\(", (ROOT / path).read_text(encoding="utf-8")), f"{path} has no {name}"


def test_chart_and_bundle_claim_the_level_of_the_page() -> None:
    (level,) = re.findall(r"reaches level ([1-5]), \*([A-Za-z ]+)\*", TEXT)
    assert level == (str(LEVELS.index(CAPABILITIES) + 1), CAPABILITIES)
    chart = yaml.safe_load((ROOT / "charts/flighttracker/Chart.yaml").read_text(encoding="utf-8"))
    assert chart["annotations"]["artifacthub.io/operatorCapabilities"] == CAPABILITIES
