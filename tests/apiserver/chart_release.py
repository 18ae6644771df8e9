"""Installs the chart with the real helm on the API server of the tests, and gives its operator the rendered account."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.apiserver.api_server import ApiServer, Json
from tests.chart.helm import CHART, find_program, render

Right = tuple[str, str, str]
"""API group, resource (with its subresource) and verb."""

HELM_S: Final = 60.0
TOKEN_S: Final = 3600


def helm_on(kubeconfig: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run helm as the user of a kubeconfig; helm must be installed."""
    program = find_program("helm")
    assert program is not None, "helm is not installed"
    command = [program, *arguments, "--kubeconfig", str(kubeconfig)]
    return subprocess.run(command, capture_output=True, text=True, timeout=HELM_S, check=False)


def install_chart(kubeconfig: Path, release: str, namespace: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Install the chart without its CRD, and without waiting for pods, which nothing starts here."""
    command = ("install", release, str(CHART), "--namespace", namespace, "--skip-crds", *arguments)
    return helm_on(kubeconfig, *command)


def account_kubeconfig(server: ApiServer, namespace: str, account: str, *, url: str | None = None) -> Path:
    """Return a kubeconfig with a token of a ServiceAccount, as the operator's pod gets it."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
    answer = server.request("POST", path, {"spec": {"expirationSeconds": TOKEN_S}})
    return server.kubeconfig(f"{namespace}-{account}", url=url, token=answer["status"]["token"])


def without_apis(release: str, namespace: str, *arguments: str) -> list[str]:
    """Return the arguments with which the chart tells the operator what it has no rights for."""
    (deployment,) = (
        one for one in render(*arguments, release=release, namespace=namespace) if one["kind"] == "Deployment"
    )
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return [argument for argument in container["args"] if argument.startswith("--without-api=")]


def account_name(namespace: str, account: str) -> str:
    """Return the name of a ServiceAccount as a user."""
    return f"system:serviceaccount:{namespace}:{account}"


def granted(release: str, namespace: str, *arguments: str) -> set[Right]:
    """Return the rights that the chart's roles give the operator."""
    rights = set()
    for role in render(*arguments, release=release, namespace=namespace):
        is_authors = role["metadata"]["name"].endswith(("-view", "-edit", "-admin"))
        if role["kind"] in ("Role", "ClusterRole") and not is_authors:
            for rule in role["rules"]:
                rights |= {
                    (group, resource, verb)
                    for group in rule["apiGroups"]
                    for resource in rule["resources"]
                    for verb in rule["verbs"]
                }
    return rights


def rights_in(entries: Iterable[Json], decision: str) -> set[Right]:
    """Return what was asked for in entries of the audit log that the authorizer allowed (`allow`) or not (`forbid`)."""
    rights = set()
    for entry in entries:
        target = entry.get("objectRef")
        if target and entry["annotations"]["authorization.k8s.io/decision"] == decision:
            resource = "/".join(filter(None, (target["resource"], target.get("subresource"))))
            rights.add((target.get("apiGroup", ""), resource, entry["verb"]))
    return rights
