"""`docs/scaling.md` has the figures that follow from the costs which it and `docs/benchmarks.md` list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bench import scaling

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "scaling.md").read_text(encoding="utf-8")
BENCHMARKS = (DOCS / "benchmarks.md").read_text(encoding="utf-8")


def number(pattern: str, text: str = PAGE) -> float:
    """Return the number that a pattern finds in a page, across its lines."""
    found = re.search(pattern, " ".join(text.split()))
    assert found, pattern
    return float(found[1].replace(",", ""))


def measured(column: int) -> scaling.Measured:
    """Return the costs in a row for 20,000 (0) or 100,000 aircraft (1)."""
    rows = ("frames of all shards", "tiles of 1,000 different views", "messages to a viewer", "bytes to a viewer")
    values = []
    for row in rows:
        found = re.search(rf"\| {row}[^|]*\| ([\d.]+)[^,|]*, ([\d.]+)", PAGE)
        assert found, row
        values.append(float(found[1 + column]))
    return scaling.Measured(*values)


def test_the_table_follows_from_the_costs() -> None:
    rows = [
        scaling.table_row(scaling.need(viewers, aircraft, measured(column)))
        for column, aircraft in enumerate((20_000, 100_000))
        for viewers in (10_000, 100_000, 1_000_000)
    ]
    assert [line for line in PAGE.splitlines() if re.match(r"\| 1[0,]+ \|", line)] == rows


def test_the_share_of_a_busy_core_follows() -> None:
    """Compare with one of many gateways, which has 10,000 viewers."""
    shares = []
    for column, aircraft in enumerate((20_000, 100_000)):
        costs, row = measured(column), scaling.need(1_000_000, aircraft, measured(column))
        own_ms = scaling.OWNER_US * aircraft / 1000 / row.gateways
        viewers_ms = row.viewers_of_each * costs.messages_per_s * scaling.DELIVERY_US / 1000
        shares.append(round((costs.relay_ms + costs.classes_ms + own_ms + viewers_ms) / 10))
    assert re.search(rf"core {shares[0]} % busy at 20,000 aircraft, and {shares[1]} % at 100,000", PAGE), shares


def test_the_way_back_of_a_million_viewers_follows() -> None:
    near, far = (
        scaling.need(1_000_000, aircraft, measured(column)) for column, aircraft in ((0, 20_000), (1, 100_000))
    )
    assert number(r"accept ([\d,]+) viewers a second") == pytest.approx(1e6 / near.rejoin_s, rel=0.02)
    assert number(r"a million are back after (\d+) s") == round(near.rejoin_s)
    assert number(r"pictures are (\d+) Gbit/s") == round(near.rejoin_gbps)
    assert number(r"and (\d+) Gbit/s at 100,000, for that time") == round(far.rejoin_gbps)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (r"\| Europe \| 202 \| 127 \| 17.6 \| 21.8 \| \*\*([\d.]+)\*\*", scaling.BUSIEST_KBPS),
        (r"answer of OpenSky \(([\d,]+) aircraft\)", scaling.BUSIEST_AIRCRAFT),
        (r"\| CPU of a tick \(4,046 messages a second\) \| (\d+) ms", 4_046 * scaling.DELIVERY_US / 1000),
        (r"\| memory of a connection \| \*\*([\d.]+) KB", scaling.CONNECTION_KB),
    ],
)
def test_the_other_costs_are_those_of_the_benchmarks(pattern: str, value: float) -> None:
    assert number(pattern, BENCHMARKS) == pytest.approx(value, rel=0.02)
