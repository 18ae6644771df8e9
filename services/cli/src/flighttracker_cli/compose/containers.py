"""Workloads of a tracker → services of a Compose file. Pure.

A pod of a StatefulSet is a service of its own, because its number is part of its settings. The pods of a Deployment are
containers of one service. An init container is a service that ends, and that its pod waits for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flighttracker.spec.quantities import in_units
from flighttracker_cli.compose.health_check import health_check
from flighttracker_cli.compose.mounts import Mounts, mounts_of
from flighttracker_operator.manifests.metadata import CONFIG_ANNOTATION
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL

WORKLOADS: Final = ("StatefulSet", "Deployment")
SHARES_OF_A_CORE: Final = 1024
BACKEND: Final = "backend"
"""The network of the servers and the roles; it has no way out."""
OUTSIDE: Final = "outside"
"""The network of containers that reach, or are reached from, other computers."""

Service = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A service of the Compose file.

    Attributes:
        name: its name.
        component: the component that it is part of, as in the label of its object.
        service: its definition, without `depends_on` and `networks`.
        mounts: its mounts.
        aliases: names under which others reach it.
        ends: whether it is an init container.
    """

    name: str
    component: str
    service: Service
    mounts: Mounts
    aliases: tuple[str, ...] = ()
    ends: bool = False


def services_of(objects: Sequence[Manifest], prefix: str) -> Iterator[Made]:
    """Yield the services of all workloads, in the order of the objects.

    Args:
        objects: all objects of a tracker.
        prefix: what the names of all objects start with, and those of services need not.
    """
    for workload in objects:
        if workload["kind"] in WORKLOADS:
            yield from _workload(workload, objects, prefix)


def _workload(workload: Manifest, objects: Sequence[Manifest], prefix: str) -> Iterator[Made]:
    full_name, component = workload["metadata"]["name"], workload["metadata"]["labels"][COMPONENT_LABEL]
    name, spec = full_name.removeprefix(prefix), workload["spec"]
    template = spec["template"]
    aliases = _addresses(objects, component)
    numbered = workload["kind"] == "StatefulSet"
    count = spec.get("replicas", 1)
    for init in template["spec"].get("initContainers", ()):
        mounts = mounts_of(init, template["spec"], objects, data_volume="", prefix=prefix)
        service = {**_container(init, template, 0, mounts), "healthcheck": {"disable": True}, "restart": "no"}
        yield Made(f"{name}-{init['name']}", component, service, mounts, ends=True)
    (container,) = template["spec"]["containers"]
    for number in range(count if numbered else 1):
        own_name = f"{name}-{number}" if numbered and count > 1 else name
        mounts = mounts_of(container, template["spec"], objects, data_volume=f"{own_name}-data", prefix=prefix)
        service = {
            **_container(container, template, number, mounts),
            "healthcheck": health_check(container),
            "restart": "unless-stopped",
            "stop_grace_period": f"{template['spec']['terminationGracePeriodSeconds']}s",
        }
        own_aliases = aliases
        if numbered:
            pod = f"{full_name}-{number}"
            namespace = workload["metadata"]["namespace"]
            service = {"hostname": pod, **service}
            own_aliases = (*aliases, f"{pod}.{spec['serviceName']}.{namespace}.svc")
        elif count != 1:
            service["scale"] = count
        yield Made(own_name, component, service, mounts, own_aliases)


def _container(container: Mapping[str, Any], template: Mapping[str, Any], number: int, mounts: Mounts) -> Service:
    limits, requests = container["resources"]["limits"], container["resources"]["requests"]
    user = template["spec"]["securityContext"]["runAsUser"]
    digest = template["metadata"].get("annotations", {}).get(CONFIG_ANNOTATION)
    service: Service = {"image": container["image"]}
    if "command" in container:
        service["entrypoint"] = list(container["command"])
    if container.get("env"):
        service["environment"] = {entry["name"]: entry.get("value", str(number)) for entry in container["env"]}
    service["user"] = f"{user}:{user}"
    # A changed file in a volume recreates no container; a changed label does.
    service |= {"labels": {CONFIG_ANNOTATION: digest}} if digest else {}
    service |= {
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "tmpfs": mounts.tmpfs,
    }
    service |= {"volumes": mounts.volumes} if mounts.volumes else {}
    service |= {"secrets": mounts.secrets} if mounts.secrets else {}
    return service | {
        "mem_limit": _mebibytes(limits["memory"]),
        "mem_reservation": _mebibytes(requests["memory"]),
        "cpu_shares": max(2, int(in_units(requests["cpu"]) * SHARES_OF_A_CORE)),
    }


def _addresses(objects: Sequence[Manifest], component: str) -> tuple[str, ...]:
    """Return the DNS names of the Services in front of a component."""
    services = [made["metadata"] for made in objects if made["kind"] == "Service"]
    return tuple(
        f"{service['name']}.{service['namespace']}.svc"
        for service in services
        if service["labels"][COMPONENT_LABEL] == component
    )


def _mebibytes(quantity: str) -> str:
    return f"{max(6, int(in_units(quantity)) // 2**20)}m"
