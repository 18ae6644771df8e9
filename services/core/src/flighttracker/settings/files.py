"""Reads and writes the file from which a pod gets its settings."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from flighttracker.errors import StartError
from flighttracker.settings.gateway import GatewaySettings
from flighttracker.settings.generator import GeneratorSettings
from flighttracker.settings.historian import HistorianSettings

SettingsType = TypeVar("SettingsType", GeneratorSettings, GatewaySettings, HistorianSettings)


def read_settings(path: Path, role: type[SettingsType]) -> SettingsType:
    """Return a role's settings from a JSON file that `write_settings` wrote.

    Raises:
        StartError: the file cannot be read, or does not have such settings; the message names the field.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=role)
    except OSError as error:
        raise StartError(f"cannot read the settings file {path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StartError(f"{path} has no valid {role.__name__}: {error}") from error


def write_settings(settings: GeneratorSettings | GatewaySettings | HistorianSettings) -> bytes:
    """Return the settings as the JSON that `read_settings` reads."""
    return msgspec.json.format(msgspec.json.encode(settings), indent=2)
