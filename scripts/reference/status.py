"""Reference of conditions and reasons, read from the code of the operator: each call that makes a state.

A reason that Strimzi reports is not a constant, and has no row.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts.reference.markdown import code, plain, table

import flighttracker_operator
from flighttracker_operator.status.parts import PARTS

SOURCES = Path(flighttracker_operator.__file__).parent
CONDITIONS = {
    "Ready": "The map shows aircraft, and everything that the resource asks for exists.",
    "KafkaReady": "Kafka accepts records.",
    "TopicReady": "The topics exist.",
    "RedisReady": "Redis relays frames.",
    "SchemaRegistryReady": "Schemas can be registered.",
    "GeneratorReady": "All generators are ready.",
    "SourcesReady": "Every source sends positions. It does not affect `Ready`.",
    "GatewayReady": "Browsers can connect. One ready gateway is enough, because each has the whole map.",
    "FlightsReady": "The gateways report aircraft.",
    "HistoryReady": "The past is kept. Only trackers with `spec.history` have it.",
    "WebReady": "The page is served.",
    "IngressReady": "The map can be reached from outside the cluster, if the resource requests that.",
}
_CALLS = {"true_state": (1, 0), "false_state": (0, 1), "State": (1, 2), "Refusal": (1, 2)}
"""Positions of reason and message in the arguments of each function."""


class Reason(NamedTuple):
    """A reason with one of its messages; `…` stands for what the message names."""

    name: str
    message: str


def conditions() -> list[str]:
    """Return the types of all conditions."""
    return ["Ready", *PARTS]


def reasons() -> list[Reason]:
    """Return every reason that the operator sets, by name."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))]
    constants = _constants(trees)
    return sorted({reason for tree in trees for reason in _in_module(tree, constants)})


def _constants(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Return the texts that modules have as constants, by name: `UNREACHABLE`."""
    statements = (statement for tree in trees for statement in tree.body)
    return {name: text for statement in statements for name, text in _assigned(statement, {}) if name.isupper()}


def _in_module(tree: ast.Module, constants: Mapping[str, str]) -> Iterator[Reason]:
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        known = dict(constants)
        # In the order of the source: a call sees the last assignment before it.
        nodes = [node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.AnnAssign | ast.Call)]
        for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
            if isinstance(node, ast.Call):
                yield from _in_call(node, known)
            else:
                known |= dict(_assigned(node, known))


def _in_call(call: ast.Call, known: Mapping[str, str]) -> Iterator[Reason]:
    if not isinstance(call.func, ast.Name) or call.func.id not in _CALLS:
        return
    places = dict(zip(("reason", "message"), _CALLS[call.func.id], strict=True))
    given: dict[str, ast.expr] = {name: call.args[at] for name, at in places.items() if len(call.args) > at}
    given |= {each.arg: each.value for each in call.keywords if each.arg in places}
    default = "Ready" if call.func.id == "true_state" else ""
    name = _text(given["reason"], known) if "reason" in given else default
    if name and name.isidentifier():
        yield Reason(name, " ".join((_text(given["message"], known) or "…").split()))


def _assigned(node: ast.AST, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            text = _text(value, known)
            yield target.id, "…" if text is None else text


def _text(node: ast.expr, known: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.JoinedStr):
        inner = (part.value if isinstance(part, ast.FormattedValue) else part for part in node.values)
        parts = (_text(part, known) for part in inner)
        return "".join(part if part is not None else "…" for part in parts)
    if isinstance(node, ast.BinOp):
        left, right = _text(node.left, known), _text(node.right, known)
        return (
            None
            if left is None and right is None
            else f"{'…' if left is None else left}{'…' if right is None else right}"
        )
    if isinstance(node, ast.IfExp):
        return _text(node.body, known) or _text(node.orelse, known)
    return None


def page() -> str:
    """Return the page."""
    rows = []
    found = reasons()
    for name in sorted({reason.name for reason in found}):
        messages = [reason.message for reason in found if reason.name == name and reason.message]
        rows.append((code(name), "<br>".join(plain(message) for message in messages)))
    return (
        "# Conditions and reasons\n\n`kubectl describe ft NAME` shows a condition for each part, and `Ready` for "
        "the whole. [Status in kubectl](../operations.md#status-in-kubectl) explains the most frequent reasons.\n\n"
        "## Conditions\n\n"
        + table(("condition", "is True when"), [(code(name), CONDITIONS[name]) for name in conditions()])
        + "\n## Reasons\n\nThe message says what is wrong and how to fix it; `…` stands for a name or a value. The "
        "reasons of `KafkaReady` and `TopicReady` can also be those that Strimzi reports.\n\n"
        + table(("reason", "message"), rows)
    )
