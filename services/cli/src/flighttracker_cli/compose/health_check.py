"""Probes of a pod → the health check of a Compose service. Pure.

Kubernetes asks a pod over HTTP from outside. Docker runs a command inside the container, and no HTTP client is in all
images, so bash sends the request itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LONGEST_INTERVAL_S: Final = 5
"""Docker knows no shorter interval for the start, and other services wait for the first success."""

HTTP_CHECK: Final = (
    'exec 3<>/dev/tcp/127.0.0.1/"$1" && printf "GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n" "$2" >&3'
    ' && read -r answer <&3 && [[ $answer == *" 200"* ]]'
)


def health_check(container: Mapping[str, Any]) -> dict[str, Any]:
    """Return the health check of a container with the operator's three probes."""
    ready, start = container["readinessProbe"], container["startupProbe"]
    return {
        "test": ["CMD", *_command(ready, container.get("ports", ()))],
        "interval": _seconds(min(ready["periodSeconds"], LONGEST_INTERVAL_S)),
        "timeout": _seconds(ready["timeoutSeconds"]),
        "retries": ready["failureThreshold"],
        "start_period": _seconds(start["periodSeconds"] * start["failureThreshold"]),
    }


def _command(probe: Mapping[str, Any], ports: Any) -> list[str]:
    if "exec" in probe:
        return list(probe["exec"]["command"])
    asked = probe["httpGet"]
    number = next(port["containerPort"] for port in ports if port["name"] == asked["port"])
    return ["/bin/bash", "-c", HTTP_CHECK, "probe", str(number), asked["path"]]


def _seconds(number: int) -> str:
    return f"{number}s"
