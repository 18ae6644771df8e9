"""What may have happened to a Parquet file of a history."""

from __future__ import annotations

import struct
from collections.abc import Callable

Damage = Callable[[bytes], bytes]
_TAIL = 8
"""Bytes behind the footer: its length and the magic."""


def _footer_bytes(content: bytes) -> int:
    (length,) = struct.unpack("<I", content[-_TAIL : -_TAIL + 4])
    return int(length)


def _overwritten_footer(content: bytes) -> bytes:
    length = _footer_bytes(content)
    return content[: -_TAIL - length] + b"\xff" * length + content[-_TAIL:]


def _overwritten_rows(content: bytes) -> bytes:
    rows = len(content) - _TAIL - _footer_bytes(content)
    return bytes(rows) + content[rows:]


DAMAGES: dict[str, Damage] = {
    "footer": _overwritten_footer,
    "rows": _overwritten_rows,
    "empty": lambda content: b"",
    "end cut off": lambda content: content[:-20],
    "begin cut off": lambda content: content[20:],
    "length of the footer": lambda content: content[:-_TAIL] + b"\xff\xff\xff\x7fPAR1",
    "no Parquet": lambda content: b"no Parquet",
}
FOUND_BY_FOOTER = DAMAGES.keys() - {"rows", "begin cut off"}
"""Those that are seen without reading rows."""
