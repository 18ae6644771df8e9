"""Finds etcd and kube-apiserver: in `KUBEBUILDER_ASSETS`, as envtest does, or in a cluster next to the checkout.

If the folder `../shared/cluster` exists, it has a cluster built from source, and its command `env` prints the path of
its binaries. Nothing is downloaded: if a binary is missing, the test is skipped with the reason.
"""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
NEEDED: Final = ("etcd", "kube-apiserver")
ENV_S: Final = 30.0


@cache
def assets() -> Path | None:
    """Return the folder with etcd and kube-apiserver, or None."""
    named = os.environ.get("KUBEBUILDER_ASSETS") or _cluster_variable("KUBEBUILDER_ASSETS")
    folder = Path(named) if named else None
    return folder if folder is not None and all((folder / name).is_file() for name in NEEDED) else None


def assets_or_skip() -> Path:
    """Return the folder with etcd and kube-apiserver, or skip with the command that installs them."""
    folder = assets()
    if folder is None:
        pytest.skip("no etcd and kube-apiserver: set KUBEBUILDER_ASSETS to a folder that has them (setup-envtest use)")
    return folder


def binary_or_skip(name: str) -> Path:
    """Return the path of another program in that folder (kube-controller-manager, kwok), or skip."""
    path = assets_or_skip() / name
    if not path.is_file():
        pytest.skip(f"no {name} beside kube-apiserver in KUBEBUILDER_ASSETS")
    return path


def _cluster_variable(name: str) -> str:
    """Return a variable that `cluster env` exports; empty without such a cluster."""
    script = ROOT.parent / "shared/cluster/cluster"
    if not script.is_file():
        return ""
    command = f'eval "$("$0" env)" && printf %s "${name}"'
    answer = subprocess.run(
        ["bash", "-c", command, str(script)], capture_output=True, text=True, timeout=ENV_S, check=False
    )
    return answer.stdout.strip() if answer.returncode == 0 else ""
