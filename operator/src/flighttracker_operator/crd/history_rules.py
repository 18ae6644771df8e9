"""The CEL rules of `spec.history`. `rules` includes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flighttracker.spec.history import ONE_STORE, ONE_WRITER, WITHIN_VOLUME, HistoryVolume
from flighttracker_operator.crd.pod_rules import container_rules
from flighttracker_operator.crd.rule import Rule


def _of_volume(owner: str, field: str, otherwise: str) -> str:
    """Return CEL for a field of the volume as text."""
    volume = f"{owner}.storage.volume"
    return f"string(has({volume}) && has({volume}.{field}) ? dyn({volume}.{field}) : dyn('{otherwise}'))"


def _size(owner: str) -> str:
    return f"quantity({_of_volume(owner, 'size', HistoryVolume().size)})"


_HAS_NO_VOLUME_YET: Final = "!oldSelf.enabled || has(self.storage.s3) || has(oldSelf.storage.s3)"

HISTORY_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "HistoryStorage": (Rule("!(has(self.volume) && has(self.s3))", "s3", ONE_STORE),),
    "History": (
        Rule("self.replicas == 1 || has(self.storage.s3)", "replicas", ONE_WRITER),
        Rule(
            "!has(self.sizeLimit) || has(self.storage.s3)"
            f" || quantity(string(dyn(self.sizeLimit))).compareTo({_size('self')}) <= 0",
            "sizeLimit",
            WITHIN_VOLUME,
        ),
        Rule(
            f"{_HAS_NO_VOLUME_YET} || {_size('self')}.compareTo({_size('oldSelf')}) >= 0",
            "storage.volume",
            "size cannot shrink: a volume can only grow",
        ),
        Rule(
            f"{_HAS_NO_VOLUME_YET}"
            f" || {_of_volume('self', 'className', '')} == {_of_volume('oldSelf', 'className', '')}",
            "storage.volume",
            "className cannot change: a volume cannot move to another class; create another tracker instead",
        ),
        *container_rules("historian"),
    ),
}
