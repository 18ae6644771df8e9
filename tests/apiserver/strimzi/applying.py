"""Applies manifests as the operator does, but with strict validation: unknown and duplicate fields are errors."""

from __future__ import annotations

from typing import Any, Final

from flighttracker_operator.model.facts import Manifest
from tests.apiserver.api_server import ApiError, ApiServer

PLURALS: Final = {"BackendTLSPolicy": "backendtlspolicies", "Ingress": "ingresses", "NetworkPolicy": "networkpolicies"}


def path_of(manifest: Manifest) -> str:
    """Return the path of an object."""
    version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
    root = "/apis" if "/" in version else "/api"
    plural = PLURALS.get(kind, f"{kind.lower()}s")
    return f"{root}/{version}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}"


def apply(server: ApiServer, manifest: Manifest) -> dict[str, Any]:
    """Apply one object and return the live object."""
    path = f"{path_of(manifest)}?fieldManager=flighttracker-operator&force=true&fieldValidation=Strict"
    return server.request("PATCH", path, manifest, content_type="application/apply-patch+yaml")


def find(server: ApiServer, path: str) -> dict[str, Any] | None:
    """Return the object at a path, or None."""
    try:
        return server.request("GET", path)
    except ApiError as error:
        if error.code != 404:
            raise
        return None
