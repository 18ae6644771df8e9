"""Detects drift: whether a live object still matches its manifest. Pure.

A child has an annotation with the digest of the manifest that was last applied. If the digest matches, another apply is
only needed after drift, a change of applied fields by someone else. Fields that others add (defaults, annotations of
controllers, another owner) are no drift. Drift that an apply cannot undo, such as a container added by an injector,
causes one apply: `Applier` then accepts what the object looks like after it.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

import msgspec

from flighttracker.spec.quantities import in_units
from flighttracker_operator.model.facts import Manifest

APPLIED_ANNOTATION: Final = "flighttracker.io/applied"
"""Annotation of every child: the digest of the manifest that was last applied."""

_ATOMIC: Final = frozenset({"selector", "podSelector", "namespaceSelector", "matchLabels", "nodeSelector"})
"""Maps that an apply replaces as a whole. An added key is drift, because it changes which objects are selected."""

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_QUANTITY: Final = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")


def digest(manifest: Manifest) -> str:
    """Return a digest of an object, 16 hexadecimal digits."""
    return hashlib.sha256(_ENCODER.encode(manifest)).hexdigest()[:16]


def stamped(manifest: Manifest) -> Manifest:
    """Return the object with an annotation that has its digest."""
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), APPLIED_ANNOTATION: digest(manifest)}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def drift(wanted: Manifest, live: Manifest) -> str | None:
    """Return the path of the first field that differs from the manifest, or None."""
    found = _drift(wanted, live, "")
    return None if found is None else found.lstrip(".")


def fingerprint(live: Manifest) -> str:
    """Return a digest of everything except the status, the UID and the versions of an object."""
    metadata = {
        key: value for key, value in live["metadata"].items() if key not in ("resourceVersion", "generation", "uid")
    }
    return digest({**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata})


def _drift(wanted: Any, live: Any, name: str) -> str | None:
    """Return the path of the first difference below a field, starting with "." or "["; empty for the field itself.

    Every pass compares every child, so this is optimized: exact types, and a path is only built for a difference.
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
    if name == "ownerReferences":  # other owners are allowed
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
    if wanted == live or (live is None and wanted in ("", 0, False)):  # Go omits empty values
        return True
    if isinstance(wanted, str) and isinstance(live, str):  # "1000m" is stored as "1"
        return bool(_QUANTITY.fullmatch(wanted) and _QUANTITY.fullmatch(live)) and in_units(wanted) == in_units(live)
    return False
