"""Decodes the JSON of an answer, and tolerates damage. Pure.

A receiver's web server may send gzip without declaring it, bytes that are not UTF-8 inside a callsign, `nan` for a
number, a trailing comma, or a file that ends in the middle of a record. Only the damaged records are lost.
"""

from __future__ import annotations

import json
import re
import zlib
from contextlib import suppress
from itertools import islice
from typing import Any, Final

import msgspec

from flighttracker.errors import SourceError
from flighttracker_generator.sources.losses import Losses

MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
"""A compressed answer that unpacks to more is an error; the whole world is about 6 MB."""
MAX_REPAIRED_BYTES: Final = 8 * 1024 * 1024
"""A longer answer is not repaired if its JSON is damaged: 32 MB took 19 s, in which no other source was heard."""

_COMPRESSED: Final = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""First bytes of gzip, and of zlib at each of its levels."""
_EITHER_HEADER: Final = 32 + zlib.MAX_WBITS
_TOKEN: Final = re.compile(
    r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<number>[-+]?\b(?:nan|inf(?:inity)?)\b)"
    r"|(?P<comma>,(?=\s*[}\]]))",
    re.IGNORECASE,
)
_END_OF_RECORDS: Final = re.compile(r"[}\]]\s*\](?=\s*[,}]\s*(?:$|\"))")
_START_OF_RECORD: Final = re.compile(r",\s*[{\[]")
_MOST_STARTS: Final = 20
"""Places in a damaged part at which a record may begin; bounds the time that damage costs."""
_DECODER: Final = json.JSONDecoder(strict=False)
_BETWEEN_RECORDS: Final = re.compile(r"(?<=\})\s*,\s*(?=\{)|(?<=\])\s*,\s*(?=\[)")


def decoded(body: bytes, records_in: tuple[str, ...], losses: Losses) -> Any:
    """Return an answer as Python values. Numbers that are none (`nan`, `inf`) become texts.

    Args:
        body: the answer.
        records_in: names of the member that has the records. When the JSON is damaged, the records that can be read
            are kept, and the others counted as `not_json`, up to `MAX_REPAIRED_BYTES`.
        losses: counts the records that were lost.

    Raises:
        SourceError: `not_json` when nothing can be read, `too_large` when a compressed answer is.
    """
    body = _unpacked(body).removeprefix(b"\xef\xbb\xbf").rstrip(b"\x00\r\n\t ")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        first_error = error
    if len(body) > MAX_REPAIRED_BYTES:
        raise SourceError(f"the answer of {len(body)} bytes is not JSON: {first_error}", reason="not_json")
    text = body.decode("utf-8", errors="replace")
    for read in (_repaired, lambda text: _salvaged(text, records_in, losses)):
        try:
            return read(text)
        except (ValueError, RecursionError):
            continue
    raise SourceError(f"the answer is not JSON: {first_error}", reason="not_json") from first_error


def _repaired(text: str) -> Any:
    return json.loads(_TOKEN.sub(_repair, text), strict=False)


def _repair(match: re.Match[str]) -> str:
    if match["text"]:
        return match[0]
    # As a text, so that the reader counts it as an impossible value.
    return f'"{match["number"]}"' if match["number"] else ""


def _salvaged(text: str, records_in: tuple[str, ...], losses: Losses) -> dict[str, Any]:
    """Return the document with those records that can be read; raises `ValueError` when there are none."""
    start = re.search(rf'"({"|".join(records_in)})"\s*:\s*\[', text)
    if start is None:
        raise ValueError("no records")
    rest = text[start.end() :]
    # The last one, because a damaged record may look like an end too.
    end = max(_END_OF_RECORDS.finditer(rest), key=re.Match.start, default=None)
    list_text, after = (rest, "") if end is None else (rest[: end.start() + 1], rest[end.end() :])
    records, damaged = [], []
    for part in _BETWEEN_RECORDS.split(list_text):
        found = _records_in(part)
        records += found
        if len(found) != 1:
            damaged.append(part)
    if not records:
        raise ValueError("no record can be read")
    for part in damaged:
        losses.record("not_json", part.strip())
    document: dict[str, Any] = {}
    for around in (text[: start.start()].rstrip(" \r\n\t,") + "}", "{" + after.lstrip(" \r\n\t,")):
        try:
            members = _repaired(around)
        except ValueError:
            continue
        document |= members if isinstance(members, dict) else {}
    return document | {start[1]: records}


def _records_in(part: str) -> list[Any]:
    """Return the records in a part of the list; damage at an edge of a record joins it to its neighbour."""
    text = _TOKEN.sub(_repair, part)
    with suppress(ValueError):
        return [json.loads(text, strict=False)]
    records = []
    with suppress(ValueError):
        records.append(_DECODER.raw_decode(text.lstrip())[0])
    for start in islice(_START_OF_RECORD.finditer(text), _MOST_STARTS):
        with suppress(ValueError):
            records.append(json.loads(text[start.end() - 1 :], strict=False))
            break
    return [record for record in records if isinstance(record, dict | list)]


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_COMPRESSED):
        return body
    unpacking = zlib.decompressobj(_EITHER_HEADER)
    try:
        unpacked = unpacking.decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise SourceError(f"the answer is neither JSON nor compressed JSON: {error}", reason="not_json") from error
    if unpacking.unconsumed_tail:
        raise SourceError(f"the answer unpacks to more than {MAX_UNPACKED_BYTES} bytes", reason="too_large")
    return unpacked
