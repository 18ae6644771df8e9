"""Runs in a Compose project before everything else: fills the volumes with configuration and generated Secrets.

Each environment variable whose name is a path is a file. Passwords are generated on the first start and kept in a
volume. Running it again changes nothing, and replaces what a newer Compose file has changed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

PASSWORD_BYTES: Final = 24
PACKAGE: Final = "flighttracker_operator.manifests.files"
"""Has the scripts of the builtin servers, which are the same for all trackers."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packaged", metavar="FILE", nargs="*", default=[], help="files that this package contains")
    parser.add_argument("--own", metavar="UID:DIR", nargs="*", default=[], help="volumes to give to a user")
    parser.add_argument("--password", metavar="PLACEHOLDER", nargs="*", default=[], help="passwords to generate")
    parser.add_argument("--passwords", metavar="DIR", required=True, help="where passwords are kept")
    chosen = parser.parse_args(arguments)
    contents = {name: text for name, text in os.environ.items() if name.startswith("/")}
    contents |= {name: files(PACKAGE).joinpath(Path(name).name).read_text(encoding="utf-8") for name in chosen.packaged}
    try:
        passwords = {word: _password(Path(chosen.passwords) / word) for word in chosen.password}
        fill(contents, passwords)
        for owned in chosen.own:
            user, _, directory = owned.partition(":")
            os.chown(directory, int(user), int(user))
    except OSError as error:
        print(f"error: {error.filename or 'a volume'}: cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{len(contents)} files are in place")
    return 0


def fill(contents: Mapping[str, str], passwords: Mapping[str, str]) -> None:
    """Write the files, with passwords instead of their placeholders, and remove others from their folders."""
    names = {Path(name) for name in contents}
    for folder in {name.parent for name in names}:
        for old in folder.iterdir():
            if old not in names:
                old.unlink()
    for name, text in contents.items():
        for word, password in passwords.items():
            text = text.replace(word, password)
        _write(Path(name), text)


def _password(path: Path) -> str:
    """Return the password in a file; generate it if there is none."""
    if not path.exists():
        _write(path, secrets.token_hex(PASSWORD_BYTES), mode=0o400)
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str, mode: int = 0o444) -> None:
    """Write a file at once: a reader never sees half of it. Only containers that need its volume mount it."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.write_text(text, encoding="utf-8")
    new.chmod(mode)
    new.replace(path)


if __name__ == "__main__":
    sys.exit(main())
