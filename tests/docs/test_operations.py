"""`docs/operations.md` quotes log messages and reasons that the code has."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def sources(*folders: str) -> str:
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_quoted_log_messages_are_in_the_code() -> None:
    quoted = re.findall(r'log "([^"]+)"', PAGE)
    assert quoted
    messages = re.findall(r'_logger\.\w+\(\s*"([^"]+)"', sources("services"))
    assert [text for text in quoted if not any(text in message for message in messages)] == []


def test_listed_reasons_are_in_the_code() -> None:
    table = PAGE.partition("| reason | meaning |")[2].partition("\n\n")[0]
    reasons = re.findall(r"`(\w+)`", table)
    assert len(reasons) > 15
    code = sources("operator/src")
    assert [reason for reason in reasons if f'"{reason}"' not in code] == []
