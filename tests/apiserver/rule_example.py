"""The type of examples of rules over several fields: a spec that breaks the rule, and a similar one that does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """An example of one rule.

    Attributes:
        model: the model of the rule, as in `RULES`.
        at: path of the model in the resource.
        path: path of the rule, relative to the model.
        words: a part of the rule's message that distinguishes it from others with the same path.
        bad: a spec that breaks this rule and no other.
        good: a similar spec that is accepted.
        before: for rules about updates, the existing spec; `bad` and `good` are then patches of it.
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
