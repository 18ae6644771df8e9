"""Adds what `flighttracker` needs at run time to the wheel: the built page, the examples and the CRD.

Hatchling runs it for every wheel but not for an editable install, which reads these files in the checkout. The wheel in
the operator's image has none of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = {
    "web/out": "flighttracker_cli/files/page",
    "examples": "flighttracker_cli/files/examples",
    "charts/flighttracker/crds": "flighttracker_cli/files/crds",
}
"""Folders of the repository, and where they are in the wheel."""


class WheelFiles(BuildHookInterface):  # type: ignore[type-arg] # hatchling gives it no argument in its own plugins
    """Includes the folders that exist, and warns about a missing page."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to what hatchling includes."""
        if version == "editable":
            return
        present = {name: target for name, target in FILES.items() if (Path(self.root) / name).is_dir()}
        if "web/out" not in present:
            self.app.display_warning("The page is not built: this wheel has none. `make dist` builds both.")
        build_data["force_include"].update({str(Path(self.root) / name): target for name, target in present.items()})
