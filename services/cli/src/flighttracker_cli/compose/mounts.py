"""Volumes of a pod → volumes, tmpfs and secrets of a Compose service. Pure.

Compose can mount the files of Secrets that the user has, but not text. So the files of ConfigMaps, and Secrets that the
operator generates, are in one volume each, which `setup` fills.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.spec.quantities import in_units
from flighttracker_operator.model.facts import Manifest

CONFIG_MAP: Final = "ConfigMap"
SECRET: Final = "Secret"  # noqa: S105 - a kind of object


@dataclass(frozen=True, slots=True)
class FileVolume:
    """A volume that `setup` fills.

    Attributes:
        name: its name in the Compose file.
        files: content by file name; passwords are placeholders.
    """

    name: str
    files: Mapping[str, str]


@dataclass(slots=True)
class Mounts:
    """The mounts of one container.

    Attributes:
        volumes: entries of `volumes`.
        tmpfs: entries of `tmpfs`.
        secrets: entries of `secrets`.
        filled: the volumes among them that `setup` fills.
        data: names of the volumes among them that keep data.
    """

    volumes: list[str] = field(default_factory=list)
    tmpfs: list[str] = field(default_factory=list)
    secrets: list[dict[str, str]] = field(default_factory=list)
    filled: list[FileVolume] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


def mounts_of(
    container: Mapping[str, Any], pod: Mapping[str, Any], objects: Sequence[Manifest], *, data_volume: str, prefix: str
) -> Mounts:
    """Return the mounts of a container.

    Args:
        container: the container.
        pod: the `spec` of its pod.
        objects: all objects of the tracker.
        data_volume: name of the volume of the pod's volume claim.
        prefix: what the names of all objects start with, and those of volumes need not.
    """
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = Mounts()
    for mount in container["volumeMounts"]:
        path = mount["mountPath"]
        volume = volumes.get(mount["name"])
        if volume is None:  # of a claim template
            mounts.volumes.append(f"{data_volume}:{path}")
            mounts.data.append(data_volume)
        elif "emptyDir" in volume:
            # Docker's default is noexec, and Java's libraries unpack native code.
            mounts.tmpfs.append(f"{path}:exec,mode=1777,size={_docker_size(volume['emptyDir']['sizeLimit'])}")
        elif (made := _filled(volume, objects, prefix)) is not None:
            mounts.volumes.append(f"{made.name}:{path}:ro")
            mounts.filled.append(made)
        else:
            mounts.secrets.extend(_own_files(volume["secret"]))
    return mounts


def _filled(volume: Mapping[str, Any], objects: Sequence[Manifest], prefix: str) -> FileVolume | None:
    """Return the volume of a ConfigMap or a generated Secret; None for a Secret that the user has."""
    if "configMap" in volume:
        name = volume["configMap"]["name"]
        short = name.removeprefix(prefix)
        found = _object(objects, CONFIG_MAP, name)
        assert found is not None, f"the operator makes ConfigMap {name}"
        return FileVolume(f"{short}-files", found["data"])
    name = volume["secret"]["secretName"]
    short = name.removeprefix(prefix)
    found = _object(objects, SECRET, name)
    if found is None:
        return None
    data = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    return FileVolume(f"{short}-secret", data)


def _own_files(secret: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    name = secret["secretName"]
    for item in secret["items"]:
        key = item["key"]
        yield {"source": f"{name}.{key}", "target": f"{SECRETS_DIRECTORY}/{name}/{key}"}


def _object(objects: Sequence[Manifest], kind: str, name: str) -> Manifest | None:
    return next((made for made in objects if made["kind"] == kind and made["metadata"]["name"] == name), None)


def _docker_size(quantity: str) -> str:
    return str(int(in_units(quantity)))
