"""The base of every settings struct."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frozen, named arguments only, and an unknown field in a file is an error."""
