"""Where the pods of a tracker answer probes, as their own specs say. Pure; `probe` uses it.

During an upgrade there are gateways of two forms: those without a port named `metrics` serve /metrics on their public
port.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, GATEWAY_PORT, METRICS_PORT


def ready_addresses(pods: Iterable[Manifest]) -> dict[str, list[str]]:
    """Return the addresses of ready pods by component: the URL of its metrics for a gateway, else the host."""
    found: dict[str, list[str]] = {}
    for pod in pods:
        status = pod.get("status", {})
        ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", ()))
        if ready and status.get("podIP"):
            host = f"[{status['podIP']}]" if ":" in status["podIP"] else status["podIP"]
            component = (pod["metadata"].get("labels") or {}).get(COMPONENT_LABEL, "")
            found.setdefault(component, []).append(_metrics_url(pod, host) if component == "gateway" else host)
    return found


def _metrics_url(pod: Manifest, host: str) -> str:
    containers: list[dict[str, Any]] = pod.get("spec", {}).get("containers", [])
    if any(port.get("name") == "metrics" for container in containers for port in container.get("ports", ())):
        return f"http://{host}:{METRICS_PORT}"
    probes = (container.get("readinessProbe", {}).get("httpGet", {}) for container in containers)
    scheme = "https" if any(get.get("scheme") == "HTTPS" for get in probes) else "http"
    return f"{scheme}://{host}:{GATEWAY_PORT}"
