"""The form of an alert, and the series of which trackers it reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from flighttracker.spec import FlightTracker
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.names import child_name
from flighttracker_operator.model.runbooks import RUNBOOK_URL, runbook_of

DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The series that alerts and panels of a tracker read.

    Attributes:
        name: the tracker in texts.
        gateways: label matchers of its gateways, without braces; empty for all gateways of the Prometheus.
        generators: the same of its generators.
        both: the same of both.
        historians: the same of its historians; None if the tracker keeps no history.
        silent_s: how long the slowest source may send nothing, seconds.
        table_age_s: how old the table of aircraft may be, seconds; None without a table.
        labels: labels of every alert, for the routes of an Alertmanager.
    """

    name: str = "the tracker"
    gateways: str = ""
    generators: str = ""
    both: str = ""
    historians: str | None = ""
    silent_s: int = 120
    table_age_s: int | None = 3 * DAY_S
    labels: Mapping[str, str] = field(default_factory=dict)


EVERYTHING: Final = Selection()
"""For a Prometheus that scrapes one tracker, whatever labels its targets have."""


def selection_of(tracker: FlightTracker, facts: Facts) -> Selection:
    """Return the series of one tracker, as its ServiceMonitor labels them."""
    generator, gateway, historian = (child_name(tracker, one) for one in ("generator", "gateway", "historian"))
    table = tracker.spec.aircraft_table
    return Selection(
        name=f"{facts.namespace}/{tracker.metadata.name}",
        gateways=f'namespace="{facts.namespace}",service="{gateway}"',
        generators=f'namespace="{facts.namespace}",service="{generator}"',
        both=f'namespace="{facts.namespace}",service=~"{generator}|{gateway}"',
        historians=f'namespace="{facts.namespace}",service="{historian}"' if tracker.spec.history.enabled else None,
        silent_s=max(120, round(3 * tracker.spec.longest_interval_seconds)),
        table_age_s=round(3 * table.interval_seconds) if table else None,
        labels={"namespace": facts.namespace, "tracker": tracker.metadata.name},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert, whose page `docs/runbooks/NAME.md` says what to do.

    Attributes:
        name: its name.
        expression: PromQL.
        wait: how long the expression must hold.
        severity: `critical` if viewers see it now.
        summary: what is wrong, in a sentence.
        description: where to look first.
    """

    name: str
    expression: str
    wait: str
    severity: Literal["warning", "critical"]
    summary: str
    description: str


def rule_group(
    name: str, alerts: Iterable[Alert], labels: Mapping[str, str], runbook_url: str = RUNBOOK_URL
) -> dict[str, Any]:
    """Return a group of rules in Prometheus' format.

    Args:
        name: its name.
        alerts: its alerts.
        labels: labels of each alert.
        runbook_url: address of the page about an alert, with `{name}` for the name of the alert.
    """
    return {
        "name": name,
        "rules": [
            {
                "alert": alert.name,
                "expr": alert.expression,
                "for": alert.wait,
                "labels": {"severity": alert.severity, **labels},
                "annotations": {
                    "summary": alert.summary,
                    "description": alert.description,
                    "runbook_url": runbook_of(alert.name, runbook_url),
                },
            }
            for alert in alerts
        ],
    }


def series(metric: str, *matchers: str) -> str:
    """Return a selector of PromQL; empty matchers are left out."""
    given = ",".join(filter(None, matchers))
    return f"{metric}{{{given}}}" if given else metric
