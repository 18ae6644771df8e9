"""The settings file of a role, as short as it can be: without what is the default. Pure."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from flighttracker.settings import GatewaySettings, GeneratorSettings, HistorianSettings

SETTINGS: Final[dict[str, type[msgspec.Struct]]] = {
    "generator.json": GeneratorSettings,
    "gateway.json": GatewaySettings,
    "historian.json": HistorianSettings,
}
"""The struct in each settings file."""


def short_settings(name: str, text: str) -> str:
    """Return the text of a settings file without defaults; other files as they are."""
    if name not in SETTINGS:
        return text
    settings = msgspec.json.decode(text, type=SETTINGS[name])
    return msgspec.json.format(msgspec.json.encode(_without_defaults(settings)), indent=2).decode() + "\n"


def _without_defaults(value: Any) -> Any:
    if not isinstance(value, msgspec.Struct):
        return value
    config = value.__struct_config__
    tag = {config.tag_field: config.tag} if config.tag_field else {}
    return tag | {
        field.encode_name: _without_defaults(chosen)
        for field in msgspec.structs.fields(value)
        if (chosen := getattr(value, field.name)) != _default_of(field)
    }


def _default_of(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
