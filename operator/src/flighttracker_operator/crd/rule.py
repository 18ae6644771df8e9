"""`Rule`: a validation rule of a model, which the API server evaluates. `rules` lists them all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from flighttracker.spec.fields import NO_USERINFO, USERINFO

_VALUE: Final = re.compile(r"<<(.*?)>>")


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule of a model.

    Attributes:
        condition: CEL expression that is true for a valid resource; `self` is the model.
        path: the field to fix, relative to the model.
        allowed: what is allowed, as a message without its subject; `<<…>>` contains a CEL expression, which is
            replaced with its value.
    """

    condition: str
    path: str
    allowed: str

    def manifest(self) -> dict[str, Any]:
        """Return the rule as an entry of `x-kubernetes-validations`."""
        parts = _VALUE.split(self.allowed)  # text and CEL alternate
        rule: dict[str, Any] = {"rule": self.condition, "message": "…".join(parts[::2])}
        if len(parts) > 1:
            terms = (part if number % 2 else json.dumps(part, ensure_ascii=False) for number, part in enumerate(parts))
            rule["messageExpression"] = " + ".join(part for part in terms if part != '""')
        if self.path:
            rule["fieldPath"] = f".{self.path}"
        return rule


def no_userinfo(field: str, instead: str, *, optional: bool = False) -> Rule:
    """Return the rule that a URL has no password; the API server shows a part that breaks a rule without its value."""
    holds = f"!self.{field}.matches('{USERINFO.pattern}')"
    return Rule(f"!has(self.{field}) || {holds}" if optional else holds, field, f"{NO_USERINFO}: {instead}")
