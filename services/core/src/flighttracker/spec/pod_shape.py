"""The types of those parts of a Kubernetes pod that are copied unchanged and that the operator reads. Pure.

The CRD keeps them as they are, and the API server validates them only in the pods that the operator makes. The operator
reads them before, so `pod_template` rejects a text where an object belongs, with its path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from flighttracker.spec.fields import BrokenRule


class Listed(NamedTuple):
    """A list of items of one shape."""

    items: Any


OBJECT: Final[Mapping[str, Any]] = {}
"""An object with any fields."""

_WORDS: Final = {str: "text", int: "a whole number", bool: "true or false"}
_TARGET: Final = {"host": str}
_HANDLER: Final = {"exec": OBJECT, "httpGet": _TARGET, "tcpSocket": _TARGET}
_REFERENCE: Final = {"name": str, "secretName": str, "key": str, "items": Listed({"key": str})}
_LISTED_BY_NAME: Final = Listed({"name": str})

SECURITY_CONTEXT: Final = {
    "runAsNonRoot": bool,
    "runAsUser": int,
    "seccompProfile": {"type": str},
    "appArmorProfile": {"type": str},
    "seLinuxOptions": {"type": str, "user": str, "role": str},
    "windowsOptions": {"hostProcess": bool},
    "sysctls": _LISTED_BY_NAME,
    "privileged": bool,
    "allowPrivilegeEscalation": bool,
    "procMount": str,
    "capabilities": {"add": Listed(str), "drop": Listed(str)},
}
VOLUME: Final = {"name": str, "secret": _REFERENCE, "projected": {"sources": Listed({"secret": _REFERENCE})}}
HOST_ALIAS: Final = {"ip": str, "hostnames": Listed(str)}
SPREAD: Final = {"topologyKey": str}
AFFINITY: Final = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": Listed({"matchExpressions": Listed(OBJECT)})
        }
    }
}
CONTAINER: Final = {
    "env": Listed({"name": str, "valueFrom": {"secretKeyRef": _REFERENCE}}),
    "envFrom": Listed({"secretRef": _REFERENCE}),
    "ports": Listed({"name": str, "containerPort": int, "hostPort": int}),
    "volumeMounts": Listed({"name": str, "mountPath": str}),
    "volumeDevices": Listed({"name": str, "devicePath": str}),
    "resources": {"limits": OBJECT, "requests": OBJECT, "claims": Listed(OBJECT)},
    "lifecycle": {"postStart": _HANDLER, "preStop": _HANDLER},
    "startupProbe": _HANDLER,
    "readinessProbe": _HANDLER,
    "livenessProbe": _HANDLER,
    "securityContext": SECURITY_CONTEXT,
}


def shape_rules(path: str, value: object, shape: Any) -> Iterator[BrokenRule]:
    """Yield the parts of a value that have another type than Kubernetes reads there.

    Args:
        path: of the value.
        value: a value of JSON.
        shape: its type: that of a scalar, `Listed`, or the known fields of an object.
    """
    if isinstance(shape, Listed):
        if not isinstance(value, list):
            yield BrokenRule(path, "must be a list")
            return
        for number, item in enumerate(value):
            yield from shape_rules(f"{path}.{number}", item, shape.items)
    elif isinstance(shape, Mapping):
        if not isinstance(value, dict):
            yield BrokenRule(path, "must be a mapping")
            return
        for name, member in shape.items():
            if name in value:
                yield from shape_rules(f"{path}.{name}", value[name], member)
    elif type(value) is not shape:
        yield BrokenRule(path, f"must be {_WORDS[shape]}")
