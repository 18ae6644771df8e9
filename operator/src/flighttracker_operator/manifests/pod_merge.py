"""Merges `podTemplate`s into the operator's own pod template, as Kubernetes' strategic merge does. Pure.

Mappings are merged by key. Lists of the API that have a merge key are merged by it; other
lists are replaced. What would break the part is left out and reported: its environment variables, mounts, volumes,
ports and probes. The CRD rejects other commands and images. `pods.pod_template` is the only caller in rendering;
`refusals` merges again to report what was left out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from flighttracker.spec.pod_template import TOPICS_CONTAINER
from flighttracker_operator.model.pod_templates import PathTemplate

Json = dict[str, Any]

PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
PROBE_TIMES: Final = frozenset(
    {
        "initialDelaySeconds",
        "periodSeconds",
        "timeoutSeconds",
        "failureThreshold",
        "successThreshold",
        "terminationGracePeriodSeconds",
    }
)
AMOUNTS: Final = frozenset({"cpu", "memory"})
OS_LABEL: Final = "kubernetes.io/os"
WRITABLE: Final = PurePosixPath("/tmp")  # noqa: S108 - inside the pod
"""The operator's only mount below which others may be mounted."""
_REPLACED_LISTS: Final = {"env": "name", "volumeMounts": "mountPath", "volumeDevices": "devicePath"}
"""Lists of a container whose items are replaced as a whole, by their merge key."""


@dataclass(slots=True)
class Merged:
    """The result of a merge.

    Attributes:
        template: the pod template: `metadata` and `spec`.
        left_out: what was not merged, each with its path and why.
    """

    template: Json
    left_out: list[str] = field(default_factory=list)


def merge_templates(own: Mapping[str, Any], templates: Iterable[PathTemplate], selector: Mapping[str, str]) -> Merged:
    """Return the operator's pod template, completed by the templates of the resource in their order.

    Args:
        own: the operator's pod template.
        templates: the templates of the resource, the more specific ones last.
        selector: labels that select the pods of the part.
    """
    merged = Merged(copy.deepcopy(dict(own)))
    for one in templates:
        fields = one.template.model_dump(mode="json", exclude_unset=True)
        fields.pop("imageOverrides", None)
        _merge_metadata(merged, own["metadata"], one.path, fields)
        _merge_pod(merged, own["spec"], one.path, fields, selector)
    return merged


def _merge_metadata(merged: Merged, own: Mapping[str, Any], path: str, fields: Json) -> None:
    for name in ("labels", "annotations"):
        for key, value in fields.pop(name, {}).items():
            if key in own.get(name, {}):
                merged.left_out.append(f'{path}.{name}["{key}"] is set by the operator')
            else:
                merged.template["metadata"].setdefault(name, {})[key] = value


def _merge_pod(merged: Merged, own: Mapping[str, Any], path: str, fields: Json, selector: Mapping[str, str]) -> None:
    pod = merged.template["spec"]
    if fields.get("nodeSelector", {}).get(OS_LABEL, "linux") != "linux":
        merged.left_out.append(f'{path}.nodeSelector["{OS_LABEL}"] must be linux, for which the images are built')
        del fields["nodeSelector"][OS_LABEL]
    least_s = own["terminationGracePeriodSeconds"]
    if (grace_s := fields.get("terminationGracePeriodSeconds")) is not None and grace_s < least_s:
        merged.left_out.append(f"{path}.terminationGracePeriodSeconds must be at least {least_s}, the time to stop")
        del fields["terminationGracePeriodSeconds"]
    if policy := fields.pop("imagePullPolicy", None):
        names = {one["name"] for one in (*own["containers"], *own.get("initContainers", ()))}
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            if container["name"] in names:
                container["imagePullPolicy"] = policy
    for name in ("containers", "initContainers"):
        present = pod.get(name, [])
        added = _merge_containers(merged, own, f"{path}.{name}", fields.pop(name, None) or (), present, name)
        if added:
            # A sidecar must run before the operator's init containers, and a file be there before they read it.
            place = len(present) - (len(own.get(name, ())) if name == "initContainers" else 0)
            pod[name] = [*present[:place], *added, *present[place:]]
    for volume in fields.pop("volumes", None) or ():
        if volume.get("name") in {one["name"] for one in own["volumes"]} | _claims(own):
            merged.left_out.append(f"{path}.volumes has {volume['name']}, a volume of the operator")
        else:
            _replace(pod["volumes"], volume, "name")
    for name in fields.pop("imagePullSecrets", ()):
        _replace(pod.setdefault("imagePullSecrets", []), {"name": name}, "name")
    for constraint in fields.pop("topologySpreadConstraints", None) or ():
        present = _item(pod["topologySpreadConstraints"], constraint, "topologyKey")
        if present is None:
            pod["topologySpreadConstraints"].append({"labelSelector": {"matchLabels": dict(selector)}, **constraint})
        else:
            present.update(constraint)
    for alias in fields.pop("hostAliases", None) or ():
        _replace(pod.setdefault("hostAliases", []), alias, "ip")
    _merge_mapping(pod, {name: value for name, value in fields.items() if value not in (None, {}, [])})


def _claims(own: Mapping[str, Any]) -> set[str]:
    """Return the names that the operator's containers mount, which include those of claim templates."""
    return {mount["name"] for one in own["containers"] for mount in one["volumeMounts"]}


def _merge_containers(
    merged: Merged, own: Mapping[str, Any], path: str, containers: Sequence[Json], present: list[Json], kind: str
) -> list[Json]:
    """Merge containers into those that exist, and return those that are new."""
    added = []
    owned = {one["name"]: one for one in own.get(kind, ())}
    for container in containers:
        name = container["name"]
        where = f"{path}[{name}]"
        found = _item(present, container, "name")
        if found is None:
            # It must also meet the level `restricted`, which an author should not have to repeat.
            context = {**own["containers"][0]["securityContext"], **(container.get("securityContext") or {})}
            new = {**_without_our_ports(merged, own, where, container), "securityContext": context}
            added.append(new)
            continue
        change = _without_conflicts(merged, owned[name], where, container) if name in owned else container
        for field_name, key in _REPLACED_LISTS.items():  # of a template before this one, too
            for item in change.pop(field_name, None) or ():
                _replace(found.setdefault(field_name, []), item, key)
        _merge_mapping(found, change)
    return added


def _without_our_ports(merged: Merged, own: Mapping[str, Any], path: str, container: Json) -> Json:
    ours = [port for one in own["containers"] for port in one.get("ports", ())]
    kept = []
    for port in container.get("ports") or ():
        if any(port.get(key) == one[key] for one in ours for key in ("name", "containerPort")):
            merged.left_out.append(f"{path}.ports has a name or number that the operator's container uses")
        else:
            kept.append(port)
    return {**container, "ports": kept} if "ports" in container else container


def _without_conflicts(merged: Merged, own: Mapping[str, Any], path: str, container: Json) -> Json:
    """Return the changes of one of the operator's containers that do not break it."""
    change = {name: value for name, value in container.items() if name != "name"}
    names = {variable["name"] for variable in own.get("env", ())}
    change["env"] = []
    for variable in container.get("env") or ():
        if variable.get("name") in names:
            merged.left_out.append(f"{path}.env has {variable['name']}, which the operator sets")
        else:
            change["env"].append(variable)
    change["volumeMounts"] = []
    for mount in container.get("volumeMounts") or ():
        if taken := _overlap(str(mount.get("mountPath", "")), own["volumeMounts"]):
            merged.left_out.append(f"{path}.volumeMounts has {mount['mountPath']}, but the operator mounts {taken}")
        else:
            change["volumeMounts"].append(mount)
    for probe in PROBES:
        if handlers := sorted((change.get(probe) or {}).keys() - PROBE_TIMES):
            merged.left_out.append(f"{path}.{probe} can only change times, not {', '.join(handlers)}")
        if probe in change:
            change[probe] = {key: value for key, value in (change[probe] or {}).items() if key in PROBE_TIMES}
    if change.pop("ports", None):
        merged.left_out.append(f"{path}.ports are set by the operator")
    change["resources"] = copy.deepcopy(container.get("resources") or {})
    for amounts in change["resources"].values():
        # `claims` is a list.
        for name in AMOUNTS & set(amounts) if own["name"] != TOPICS_CONTAINER and isinstance(amounts, dict) else ():
            merged.left_out.append(f"{path}.resources has {name}, which the resources of the part set")
            del amounts[name]
    if "preStop" in own.get("lifecycle", {}) and "preStop" in (change.get("lifecycle") or {}):
        merged.left_out.append(f"{path}.lifecycle.preStop is set by the operator, to wait for proxies")
        change["lifecycle"] = {key: value for key, value in change["lifecycle"].items() if key != "preStop"}
    return change


def _overlap(path: str, mounts: Iterable[Mapping[str, Any]]) -> str:
    """Return the operator's mount that is at a path, below it or above it; empty if there is none."""
    wanted = PurePosixPath(path)
    for mount in mounts:
        own = PurePosixPath(mount["mountPath"])
        if wanted == own or wanted in own.parents or (own in wanted.parents and own != WRITABLE):
            return str(own)
    return ""


def _merge_mapping(into: Json, change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict) and key not in ("postStart", "preStop"):
            _merge_mapping(into[key], value)
        else:
            into[key] = value


def _item(items: Iterable[Json], wanted: Mapping[str, Any], key: str) -> Json | None:
    return next((one for one in items if one.get(key) == wanted.get(key)), None)


def _replace(items: list[Json], item: Json, key: str) -> None:
    """Put an item in the place of that with the same key, or at the end."""
    present = _item(items, item, key)
    if present is None:
        items.append(item)
    else:
        items[items.index(present)] = item
