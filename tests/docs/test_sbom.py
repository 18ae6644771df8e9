"""A bill of materials lists every locked package, and the same sources give the same document."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from scripts.sbom import PAGE_LOCK, PYTHON_LOCKS, ROOT, completed, locked_page, locked_python

DOCUMENT: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "serialNumber": "urn:uuid:00000000-0000-4000-8000-000000000000",
    "metadata": {"timestamp": "2026-01-01T00:00:00Z", "tools": [{"name": "npm"}]},
    "components": [
        {"bom-ref": "a", "name": "next", "version": "16.0.0", "description": "a framework"},
        {"bom-ref": "b", "group": "@next", "name": "env", "version": "16.0.0"},
        {"bom-ref": "c", "name": "vitest", "version": "4.0.0"},
    ],
    "dependencies": [{"ref": "a", "dependsOn": ["b", "c"]}, {"ref": "c"}],
}
WANTED = {"next==16.0.0", "@next/env==16.0.0"}


def test_only_the_packages_of_the_artifact_are_listed() -> None:
    document = completed(DOCUMENT, "web", "1.2.3", WANTED)
    assert [component["bom-ref"] for component in document["components"]] == ["a", "b"]
    assert document["dependencies"] == [
        {"ref": "flighttracker-web@1.2.3", "dependsOn": ["a", "b"]},
        {"ref": "a", "dependsOn": ["b"]},
    ]
    assert document["metadata"]["component"]["version"] == "1.2.3"


def test_times_and_random_ids_do_not_change_the_document() -> None:
    later = copy.deepcopy(DOCUMENT)
    later["serialNumber"] = "urn:uuid:11111111-0000-4000-8000-000000000000"
    later["metadata"]["timestamp"] = "2027-01-01T00:00:00Z"
    assert completed(later, "web", "1.2.3", WANTED) == completed(DOCUMENT, "web", "1.2.3", WANTED)


def test_a_missing_package_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"1 packages are missing: leaflet==1\.9\.4"):
        completed(DOCUMENT, "web", "1.2.3", {*WANTED, "leaflet==1.9.4"})


def test_the_lock_files_are_read_completely() -> None:
    for lock in PYTHON_LOCKS.values():
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert len(locked_python(text)) == sum(line[:1].isalnum() for line in text.splitlines()), lock
    page = locked_page((ROOT / PAGE_LOCK).read_text(encoding="utf-8"))
    assert "leaflet==1.9.4" in page
    assert not [name for name in page if name.startswith("vitest")]
