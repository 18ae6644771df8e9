"""An example of a rule over several fields: a resource that breaks it, and a similar one that does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One rule, broken and kept.

    Attributes:
        model: the model that states the rule, as in `RULES`.
        at: where the model stands in a resource.
        path: the rule's own path, seen from the model.
        words: a part of what the rule says, enough to tell it from others at the same path.
        bad: a spec that breaks this rule and no other.
        good: a spec beside it that is accepted.
        before: for rules about changes: the spec that exists already; `bad` and `good` are then changes to it.
    """

    model: str
    at: str
    path: str
    words: str
    bad: Json
    good: Json = field(default_factory=dict)
    before: Json | None = None

    def __str__(self) -> str:
        return f"{self.model}-{self.path}-{self.words}".replace(" ", "_")
