"""Write the rules for Prometheus and the dashboards for Grafana into the chart, for the operator and for a tracker.

The chart installs those of the operator. Without the Prometheus operator, load all of them as files:
`docs/how-to/monitoring.md`. Run by `make generate`; CI fails if a file is not up to date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from flighttracker_operator.manifests.alert import EVERYTHING, rule_group
from flighttracker_operator.manifests.dashboard import operator_dashboard, tracker_dashboard
from flighttracker_operator.manifests.operator_alerts import operator_alerts
from flighttracker_operator.manifests.tracker_alerts import tracker_alerts

TARGET = Path(__file__).parents[1] / "charts/flighttracker/files"
HEAD = "# Written by `make generate` from operator/src/flighttracker_operator/manifests; do not edit.\n"


def contents() -> dict[str, str]:
    """Return the text of each file, by its name."""
    rules = {
        "tracker-rules.yaml": rule_group("flighttracker", tracker_alerts(EVERYTHING), EVERYTHING.labels),
        "operator-rules.yaml": rule_group("flighttracker-operator", operator_alerts(), {}),
    }
    boards = {
        "tracker-dashboard.json": tracker_dashboard(EVERYTHING, "flights-tracker"),
        "operator-dashboard.json": operator_dashboard(),
    }
    return {
        **{name: HEAD + _yaml({"groups": [group]}) for name, group in rules.items()},
        **{
            name: msgspec.json.format(msgspec.json.encode(board), indent=2).decode() + "\n"
            for name, board in boards.items()
        },
    }


def _yaml(document: dict[str, Any]) -> str:
    return str(yaml.safe_dump(document, sort_keys=False, width=120, allow_unicode=True))


def main() -> None:
    """Write the files."""
    TARGET.mkdir(exist_ok=True)
    for name, text in contents().items():
        (TARGET / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
