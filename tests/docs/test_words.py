"""Texts for users contain none of a few phrases that are hard to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTEAD = {
    r"\banew\b": "again",
    r"\bmend(s|ed|ing)?\b": "fix, or recover",
    r"\bput(s)? up with\b": "tolerate",
    r"\b(is|are) another's\b": "was reassigned",
    r"\b(let|lets|letting) (nobody|everybody|anybody|somebody) in\b": "reject, or accept",
    r"\bnot any more\b": "no longer, or expired",
    r"\b(go|goes|going|went) on (alone|as|by|from|where|without)\b": "continue",
    r"\bfor ever\b": "forever",
    r"\b(is|are|was|were) away\b": "is unavailable",
    r"\bwhat is here\b": "say what it is",
    r"\bwhose an?\b": "who owns",
    r"\btold apart\b": "distinguish",
    r"\bbegin of\b": "start, or prefix",
    r"\bdealt (anew|out)\b": "reassigned, or rebalanced",
    r"\bnot looked at\b": "not checked, or ignored",
    r"(?<!is )\bleft out:": "defaults to, or if unset",
    r"\basks? for and may use\b": "requests and limits",
}
"""Phrases of which every use is wrong in the technical English of this project, with the usual word."""

PATTERNS = (
    "*.md",
    "docs/**/*.md",
    "schemas/**/*.md",
    "schemas/**/*.avsc",
    "charts/**/*.md",
    "charts/*/*.yaml",
    "charts/*/crds/*.yaml",
    "charts/*/templates/*",
    "examples/*.yaml",
    "examples/clients/*",
    "kind-config.yaml",
    "skaffold.yaml",
    "web/next.config.ts",
    "web/public/*.js",
    "web/client/*.md",
    "web/client/src/**/*.ts",
    "web/src/**/*.ts",
    "web/src/**/*.tsx",
    "services/*/src/**/*.py",
    "operator/src/**/*.py",
    "scripts/*.py",
    "bench/**/*.py",
    "bench/**/*.c",
    "bench/**/*.go",
    "bench/**/*.mjs",
    "tests/**/*.py",
    "tests/**/*.mjs",
)
TEXTS = sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)} - {Path(__file__)})


def found(text: str) -> list[str]:
    return [
        f"{match[0]!r}: write {word}" for phrase, word in INSTEAD.items() for match in re.finditer(phrase, text, re.I)
    ]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_use_the_usual_words(path: Path) -> None:
    assert found(path.read_text(encoding="utf-8")) == []


def test_a_phrase_is_found_in_any_case_and_as_a_whole_word() -> None:
    assert found("Anew, amended: shard 3 is another's.") == [
        "'Anew': write again",
        '"is another\'s": write was reassigned',
    ]
