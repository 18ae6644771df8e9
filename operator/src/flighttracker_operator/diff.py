"""What was wanted, and whether a live object still is it. Pure.

A child carries the digest of what was last applied. When the digest is the one of what is wanted now, only drift can
make another apply necessary: something that somebody else changed. What others add beside our fields (defaults, a
controller's annotations, another owner) is no drift. What an apply cannot undo, a container that an injector added for
example, is drift once: `Applier` remembers what the object looked like after its apply.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from flighttracker_operator.facts import Manifest
from flighttracker_operator.manifests.amounts import in_units

APPLIED_ANNOTATION: Final = "flighttracker.io/applied"
"""On every child: the digest of what was last applied."""

_ATOMIC: Final = frozenset({"selector", "podSelector", "namespaceSelector", "matchLabels", "nodeSelector"})
"""Maps that an apply replaces as a whole: a key that somebody added selects other pods, so it is drift."""

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_QUANTITY: Final = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")


def digest(manifest: Manifest) -> str:
    """Return 16 hexadecimal digits that differ when anything in an object does."""
    return hashlib.sha256(_ENCODER.encode(manifest)).hexdigest()[:16]


def stamped(manifest: Manifest) -> Manifest:
    """Return the object with its digest in an annotation."""
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), APPLIED_ANNOTATION: digest(manifest)}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def drift(wanted: Manifest, live: Manifest) -> str | None:
    """Return where a live object is not what is wanted, None when it is."""
    return _drift(wanted, live, "")


def fingerprint(live: Manifest) -> str:
    """Return a digest of what a person or a controller may have changed: all but the status and the bookkeeping."""
    metadata = {
        key: value for key, value in live["metadata"].items() if key not in ("resourceVersion", "generation", "uid")
    }
    return digest({**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata})


def _drift(wanted: Any, live: Any, path: str) -> str | None:
    if isinstance(wanted, Mapping):
        if not isinstance(live, Mapping):
            return None if not wanted and live is None else path
        if path.rpartition(".")[2] in _ATOMIC and wanted.keys() != live.keys():
            return path
        return next(
            (
                found
                for key, value in wanted.items()
                if (found := _drift(value, live.get(key), f"{path}.{key}".lstrip("."))) is not None
            ),
            None,
        )
    if isinstance(wanted, list):
        return _list_drift(wanted, live, path)
    return None if _same(wanted, live) else path


def _list_drift(wanted: list[Any], live: Any, path: str) -> str | None:
    if not isinstance(live, list):
        return None if not wanted and live is None else path
    if path == "metadata.ownerReferences":  # others may own it, too
        uids = {owner["uid"]: owner for owner in live}
        return next((path for owner in wanted if _drift(owner, uids.get(owner["uid"]), path) is not None), None)
    if len(wanted) != len(live):
        return path
    pairs = enumerate(zip(wanted, live, strict=True))
    return next(
        (found for number, (one, other) in pairs if (found := _drift(one, other, f"{path}[{number}]")) is not None),
        None,
    )


def _same(wanted: Any, live: Any) -> bool:
    if wanted == live or (live is None and wanted in ("", 0, False)):  # Go leaves empty values out
        return True
    if isinstance(wanted, str) and isinstance(live, str):  # "1000m" is stored as "1"
        return bool(_QUANTITY.fullmatch(wanted) and _QUANTITY.fullmatch(live)) and in_units(wanted) == in_units(live)
    return False
