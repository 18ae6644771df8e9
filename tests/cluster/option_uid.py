"""Creates a tracker whose uid looks like an option once it is in base64, as one of 64 uids does."""

from __future__ import annotations

import base64
import uuid
from typing import Any, Final

from kubernetes import client, config

from tests.cluster.cluster import Manifest, Namespace
from tests.cluster.release import OPERATOR

TRIES: Final = 1_000
"""So many uids without such a one have a chance of 1 in 7 million."""
RESOURCE: Final = {"group": "flighttracker.io", "version": "v1beta1", "plural": "flighttrackers"}


def is_option(uid: str) -> bool:
    """Whether Kafka's formatter would take the uid in base64, its cluster id, for an option."""
    return base64.urlsafe_b64encode(uuid.UUID(uid).bytes).startswith(b"-")


def create_with_option_uid(namespace: Namespace, operator: Namespace, tracker: Manifest) -> str:
    """Create the tracker again and again until its uid is such a one, while no operator runs; return the uid."""
    operator.kubectl("scale", f"deployment/{OPERATOR}", "--replicas=0")
    operator.kubectl("wait", "pod", "--all", "--for=delete", "--timeout=60s", timeout_s=70.0)
    try:
        config.load_kube_config()  # type: ignore[no-untyped-call]
        api: Any = client.CustomObjectsApi()
        for _ in range(TRIES):
            created = api.create_namespaced_custom_object(**RESOURCE, namespace=namespace.name, body=tracker)
            if is_option(uid := created["metadata"]["uid"]):
                return str(uid)
            api.delete_namespaced_custom_object(**RESOURCE, namespace=namespace.name, name=created["metadata"]["name"])
        raise AssertionError(f"{TRIES} uids, and none starts with a dash in base64")
    finally:
        operator.kubectl("scale", f"deployment/{OPERATOR}", "--replicas=1")
