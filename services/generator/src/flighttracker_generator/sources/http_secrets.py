"""Reads the account and the certificates of a source from mounted Secrets. Called by `http_client`.

Files are read for each request, because nothing announces the change of a mounted Secret.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flighttracker.errors import StartError
from flighttracker.known_secrets import basic_authorization, remember
from flighttracker.settings import HttpAccessSettings

MAX_BYTES: Final = 256 * 1024
"""A longer file is no password and no certificate."""


@dataclass(frozen=True, slots=True)
class Account:
    """What requests carry.

    Attributes:
        headers: to add.
        params: query parameters to add.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


def read_account(access: HttpAccessSettings) -> Account:
    """Return the account; an empty one when the settings name none.

    Raises:
        StartError: a file is missing or cannot be used; the message names it, and never shows its content.
    """
    if access.api_key_file:
        key = read_value(access.api_key_file)
        remember(key)
        if access.api_key_header:
            return Account(headers={access.api_key_header: key})
        return Account(params={access.api_key_query: key})
    if access.token_file:
        token = read_value(access.token_file)
        remember(token)
        return Account(headers={"Authorization": f"Bearer {token}"})
    if access.username_file:
        username, password = read_value(access.username_file), read_value(access.password_file)
        if ":" in username:
            raise StartError(f"{access.username_file} has a colon, which HTTP does not allow in a user name")
        return Account(headers={"Authorization": basic_authorization(username, password)})
    return Account()


def read_value(file: str) -> str:
    """Return the text of a file without space around it.

    Raises:
        StartError: it cannot be used in a request.
    """
    try:
        text = _read(file).decode().strip()
    except UnicodeDecodeError:
        raise StartError(f"the source's credential {file} is not text") from None
    if not text:
        raise StartError(f"the source's credential {file} is empty")
    if not text.isprintable():
        raise StartError(f"the source's credential {file} has several lines or control characters")
    return text


def read_tls_files(access: HttpAccessSettings) -> tuple[bytes, ...]:
    """Return the content of the files with certificates, to notice a change.

    Raises:
        StartError: a file cannot be read.
    """
    return tuple(_read(file) for file in (access.ca_file, access.certificate_file, access.key_file) if file)


def tls_context(access: HttpAccessSettings) -> ssl.SSLContext | bool:
    """Return what to trust and which certificate to show; True: the system's authorities, and no certificate.

    Raises:
        StartError: the files cannot be used; the message names them.
    """
    if not access.ca_file and not access.certificate_file:
        return True
    try:
        context = ssl.create_default_context(cafile=access.ca_file or None)
        if access.certificate_file:
            context.load_cert_chain(access.certificate_file, access.key_file)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        files = " and ".join(file for file in (access.ca_file, access.certificate_file) if file)
        raise StartError(f"cannot use the source's certificates in {files}: {error}") from error
    return context


def _read(file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES)
    except OSError as error:
        raise StartError(
            f"cannot read the source's credential {file}: {error.strerror}; it should be a file"
        ) from error
