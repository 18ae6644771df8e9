"""What was wanted, and whether a live object still is it. Pure.

A child carries the digest of what was last applied. When the digest is the one of what is wanted now, only drift can
make another apply necessary: something that somebody else changed. What others add beside our fields (defaults, a
controller's annotations, another owner) is no drift. What an apply cannot undo, a container that an injector added for
example, is drift once: `Applier` remembers what the object looked like after its apply.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

import msgspec

from flighttracker.spec.quantities import in_units
from flighttracker_operator.model.facts import Manifest

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
    found = _drift(wanted, live, "")
    return None if found is None else found.lstrip(".")


def fingerprint(live: Manifest) -> str:
    """Return a digest of what a person or a controller may have changed: all but the status and the bookkeeping."""
    metadata = {
        key: value for key, value in live["metadata"].items() if key not in ("resourceVersion", "generation", "uid")
    }
    return digest({**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata})


def _drift(wanted: Any, live: Any, name: str) -> str | None:
    """Return the path of the first difference below a field, beginning with "." or "["; empty for the field itself.

    Every pass compares every child, so this is written for speed: plain types, and a path only where there is one.
    """
    if type(wanted) is dict:
        if type(live) is not dict:
            return None if not wanted and live is None else ""
        if name in _ATOMIC and wanted.keys() != live.keys():
            return ""
        for key, value in wanted.items():
            other = live.get(key)
            if value is not other and value != other:
                found = _drift(value, other, key)
                if found is not None:
                    return f".{key}{found}"
        return None
    if type(wanted) is list:
        return _list_drift(wanted, live, name)
    return None if _same(wanted, live) else ""


def _list_drift(wanted: list[Any], live: Any, name: str) -> str | None:
    if type(live) is not list:
        return None if not wanted and live is None else ""
    if name == "ownerReferences":  # others may own it, too
        owners = {owner["uid"]: owner for owner in live}
        return next(("" for owner in wanted if _drift(owner, owners.get(owner["uid"]), "") is not None), None)
    if len(wanted) != len(live):
        return ""
    for number, (one, other) in enumerate(zip(wanted, live, strict=True)):
        found = _drift(one, other, "")
        if found is not None:
            return f"[{number}]{found}"
    return None


def _same(wanted: Any, live: Any) -> bool:
    if wanted == live or (live is None and wanted in ("", 0, False)):  # Go leaves empty values out
        return True
    if isinstance(wanted, str) and isinstance(live, str):  # "1000m" is stored as "1"
        return bool(_QUANTITY.fullmatch(wanted) and _QUANTITY.fullmatch(live)) and in_units(wanted) == in_units(live)
    return False
