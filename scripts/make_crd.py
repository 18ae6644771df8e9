"""Write the CustomResourceDefinition into the chart, from the typed resource.

Run by `make generate`; CI fails if the file is not up to date.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from flighttracker_operator.crd import custom_resource_definition

TARGET = Path(__file__).parents[1] / "charts/flighttracker/crds/flighttrackers.flighttracker.io.yaml"
HEAD = "# Written by `make generate` from services/core/src/flighttracker/spec; do not edit.\n"


def crd_text() -> str:
    """Return the content of the file."""
    return HEAD + yaml.safe_dump(custom_resource_definition(), sort_keys=False, width=120, allow_unicode=True)


def main() -> None:
    """Write the file."""
    text = crd_text()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
