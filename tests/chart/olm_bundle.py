"""Writes the OLM bundle for the tests of its content and of OLM's own rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from scripts.olm import bundle

from tests.chart.helm import ROOT, find_program


def written_bundle(folder: Path) -> Path:
    """Write a bundle into a folder as `make olm` does, and return where it is; skip without helm."""
    program = find_program("helm")
    if program is None:
        pytest.skip("helm is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(program).parent), prepend=os.pathsep)
        written = folder / "bundle"
        bundle.write(ROOT, written, source="https://example.org/flights", maintainer="Sky <sky@example.org>")
    return written
