"""Examples of the rules of `spec.history`; `rule_examples` includes them."""

from __future__ import annotations

from typing import Any

from tests.apiserver.rule_example import Example, Json

_BUCKET = {"s3": {"bucket": "flights"}}


def _history(**members: Any) -> Json:
    return {"history": {"enabled": True, **members}}


def _volume(**members: Any) -> Json:
    return _history(storage={"volume": members})


HISTORY_EXAMPLES = (
    Example(
        "HistoryStorage",
        "spec.history.storage",
        "s3",
        "combined with volume",
        _history(storage={"volume": {}, **_BUCKET}),
        _history(storage=_BUCKET),
    ),
    Example(
        "History",
        "spec.history",
        "replicas",
        "only one historian",
        _history(replicas=2),
        _history(replicas=2, storage=_BUCKET),
    ),
    Example(
        "History",
        "spec.history",
        "sizeLimit",
        "at most the size",
        _history(sizeLimit="21Gi"),
        _history(sizeLimit="21Gi", storage={"volume": {"size": "21504Mi"}}),
    ),
    Example(
        "History",
        "spec.history",
        "storage.volume",
        "size cannot shrink",
        _volume(size="19Gi"),
        _volume(size="40Gi"),
        before=_history(),
    ),
    Example(
        "History",
        "spec.history",
        "storage.volume",
        "className cannot change",
        _volume(className="fast"),
        _history(storage=_BUCKET),
        before=_history(),
    ),
)
