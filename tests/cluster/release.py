"""The chart of this checkout as a release: what it is called, with which images, and how it is installed."""

from __future__ import annotations

import os
import tomllib
from typing import Final

import pytest

from tests.cluster.cluster import CHART, ROOT, Namespace, run

RELEASE: Final = "flights-test"
OPERATOR: Final = f"{RELEASE}-flighttracker"
"""Name of the operator's Deployment and ServiceAccount."""
POLICY: Final = "--set=policy.images={flights.test/,docker.io/library/busybox}"
"""Images with which tests of problems start pods."""


def tag() -> str:
    """Return the tag of the images to test."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return os.environ.get("TAG") or str(project["version"])


def former_tag() -> str:
    """Return the tag of the images of the former release (`make former-images`), or skip."""
    found = os.environ.get("FORMER_TAG")
    if not found:
        pytest.skip("no images of the former release: run make former-images, load them and set FORMER_TAG=former")
    return found


def image_values() -> list[str]:
    """Return the arguments of helm that name the images to test."""
    values = [f"--set=image.tag={tag()}"]
    if prefix := os.environ.get("IMAGE_PREFIX"):
        registry, _, folder = prefix.partition("/")
        values.append(f"--set=image.registry={registry},image.repository={folder}")
    return values


def install(namespace: Namespace, *arguments: str) -> str:
    """Install or upgrade the release and return helm's output; installs the CRD as in the chart's README."""
    run(("kubectl", "apply", "--server-side", "--force-conflicts", "--filename", str(CHART / "crds")))
    return namespace.helm(
        "upgrade", "--install", RELEASE, str(CHART), *image_values(), POLICY, "--wait", "--timeout=3m", *arguments
    )
