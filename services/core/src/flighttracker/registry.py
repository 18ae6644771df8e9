"""`SchemaRegistry`: a client of a schema registry with the Confluent API.

A generator registers its schema once, at the start (`register`). A gateway looks up each schema id that it has not seen
before (`schema`). A schema never changes under its id, so it is cached forever: with all schemas cached, an unavailable
registry has no effect. Requests are retried a few times with exponential backoff.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from flighttracker.backoff import Backoff
from flighttracker.clock import Clock
from flighttracker.errors import BusError, StartError
from flighttracker.known_secrets import basic_authorization
from flighttracker.outgoing import ForbiddenTargetError, Guard, forbidden_cause
from flighttracker.redaction import shortened
from flighttracker.settings import RegistrySettings
from flighttracker.writer_schema import MAX_SCHEMAS, read_schema

_logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/vnd.schemaregistry.v1+json"
LONGEST_WAIT_S: Final = 60.0
CHUNK_BYTES: Final = 64 * 1024
MAX_ANSWER_BYTES: Final = 1024 * 1024
"""Longest answer that is read; a schema is a few kilobytes."""
MAX_SHOWN_CHARACTERS: Final = 400
"""How much of a registry's answer a message quotes."""
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the JSON of an answer can raise, however it is nested."""


class _Registered(msgspec.Struct):
    id: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]


class _Schema(msgspec.Struct):
    schema: str
    schemaType: str = "AVRO"  # noqa: N815 - the API's own name


class _Level(msgspec.Struct):
    compatibilityLevel: str  # noqa: N815 - the API's own name


class _Problem(msgspec.Struct):
    message: str = ""


Answer = TypeVar("Answer", _Registered, _Schema, _Level)


class SchemaRegistry:
    """A client of one registry; call `open` first.

    Args:
        settings: address, subject, account, timeouts.
        clock: for the waits between attempts.
    """

    def __init__(self, settings: RegistrySettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._address = f"the schema registry at {settings.url}"
        self._subject = quote(settings.subject, safe="")
        self._session: aiohttp.ClientSession | None = None
        self._proxy: str | None = None
        self._schemas: dict[int, Mapping[str, Any]] = {}

    async def open(self) -> None:
        """Read the account and create the HTTP session; sends no request.

        Raises:
            StartError: a file cannot be read, or the proxy cannot be used.
        """
        await self.close()
        headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        if self._settings.username_file:
            username, password = _read(self._settings.username_file), _read(self._settings.password_file)
            headers["Authorization"] = basic_authorization(username, password)
        guard = Guard()
        try:
            self._proxy = guard.route(self._settings.url)
        except ForbiddenTargetError as error:
            raise StartError(f"{self._address} must not be asked: {error}") from error
        except ValueError as error:  # `ProxyError` is one
            raise StartError(f"{self._address} cannot be asked: {error}") from error
        self._session = aiohttp.ClientSession(
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=self._settings.request_timeout_s),
            connector=guard.connector(self._proxy, self._tls()),
        )

    async def register(self, schema: str) -> int:
        """Register a schema under our subject and return its id; the same schema always gets the same id.

        Raises:
            StartError: the registry rejects the schema or our account; the message says why and what to do.
            BusError: the registry is unavailable.
        """
        await self._set_compatibility()
        body = {"schema": schema, "schemaType": "AVRO"}
        status, answer = await self._ask("POST", f"/subjects/{self._subject}/versions", body)
        if status == HTTPStatus.CONFLICT:
            raise StartError(
                f"{self._address} rejects the schema under {self._settings.subject}, because it is not compatible "
                f"with an older version ({self._settings.compatibility}): {_problem(answer)}. Give new "
                "fields a default and keep the old ones, or register under another subject"
            )
        registered = self._decoded(status, answer, _Registered)
        self._schemas[registered.id] = msgspec.json.decode(schema, type=dict[str, Any])
        _logger.info("registered the schema under %s with id %d", self._settings.subject, registered.id)
        return registered.id

    async def schema(self, schema_id: int) -> Mapping[str, Any] | None:
        """Return the schema with an id; None if the registry does not have it (yet).

        Raises:
            StartError: the registry rejects our account, or no record can be read with the schema.
            BusError: the registry is unavailable.
        """
        known = self._schemas.get(schema_id)
        if known is None:
            status, answer = await self._ask("GET", f"/schemas/ids/{schema_id}")
            if status == HTTPStatus.NOT_FOUND:
                return None
            found = self._decoded(status, answer, _Schema)
            if found.schemaType != "AVRO":
                raise StartError(
                    f"schema {schema_id} in {self._address} is {found.schemaType}, but only AVRO is supported"
                )
            try:
                known = read_schema(found.schema)
            except StartError as error:
                raise StartError(f"schema {schema_id} in {self._address} cannot be used: {error}") from error
            if len(self._schemas) < MAX_SCHEMAS:
                self._schemas[schema_id] = known
        return known

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _set_compatibility(self) -> None:
        """Set the compatibility level of our subject, if it differs from the settings."""
        path, wanted = f"/config/{self._subject}", self._settings.compatibility
        status, answer = await self._ask("GET", path)
        if status != HTTPStatus.NOT_FOUND and self._decoded(status, answer, _Level).compatibilityLevel == wanted:
            return
        status, answer = await self._ask("PUT", path, {"compatibility": wanted})
        self._refuse(status, answer)

    async def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Return status and body of the first answer that is not a 5xx or 429; retries those."""
        if self._session is None:
            raise BusError(f"{self._address} is not open")
        data = None if body is None else msgspec.json.encode(body)
        backoff = Backoff(self._settings.first_wait_s, LONGEST_WAIT_S)
        for attempt in range(1, self._settings.attempts + 1):
            try:
                url = self._settings.url.rstrip("/") + path
                async with self._session.request(
                    method, url, data=data, allow_redirects=False, proxy=self._proxy
                ) as answer:
                    status, content = answer.status, await self._content(answer)
                    self._reject_redirect(status, answer.headers.get("Location", ""))
                if status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
                    return status, content
                cause: Exception | None = None
                detail = f"HTTP {status}: {_problem(content)}"
            except aiohttp.ClientConnectorCertificateError as error:
                raise StartError(
                    f"{self._address} has a certificate that is not trusted: {error}; set ca_file to its authority"
                ) from error
            except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
                raise StartError(f"{self._settings.url!r} is not the address of a schema registry") from error
            except (aiohttp.ClientError, OSError) as error:
                if (forbidden := forbidden_cause(error)) is not None:
                    raise StartError(f"{self._address} must not be asked: {forbidden}") from error
                cause, detail = error, str(error) or type(error).__name__
            if attempt < self._settings.attempts:
                _logger.warning("%s does not answer, attempt %d: %s", self._address, attempt, detail)
                await self._clock.sleep_ms(round(backoff.wait_s(attempt) * 1000))
        raise BusError(f"{self._address} did not answer {self._settings.attempts} times: {detail}") from cause

    async def _content(self, answer: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            content += chunk
            if len(content) > MAX_ANSWER_BYTES:
                raise StartError(f"{self._address} returned an answer that is longer than {MAX_ANSWER_BYTES} bytes")
        return bytes(content)

    def _reject_redirect(self, status: int, location: str) -> None:
        if location and HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            shown = shortened(location, MAX_SHOWN_CHARACTERS)
            raise StartError(f"{self._address} redirects (HTTP {status}) to {shown}: use that address if it is right")

    def _decoded(self, status: int, answer: bytes, kind: type[Answer]) -> Answer:
        self._refuse(status, answer)
        try:
            return msgspec.json.decode(answer, type=kind)
        except UNREADABLE as error:
            raise StartError(
                f"the server at {self._settings.url} does not have the Confluent API: {error}; for Apicurio, the "
                "address ends with /apis/ccompat/v7"
            ) from error

    def _refuse(self, status: int, answer: bytes) -> None:
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise StartError(
                f"{self._address} rejects our account (HTTP {status}): check username_file and password_file"
            )
        if status >= HTTPStatus.BAD_REQUEST:
            raise StartError(f"{self._address} rejects the request (HTTP {status}): {_problem(answer)}")

    def _tls(self) -> ssl.SSLContext | bool:
        if not self._settings.ca_file:
            return True
        try:
            return ssl.create_default_context(cafile=self._settings.ca_file)
        except OSError as error:
            raise StartError(f"cannot read {self._settings.ca_file}, the certificates to trust: {error}") from error


def _problem(answer: bytes) -> str:
    """Return the error message in an answer."""
    try:
        message = msgspec.json.decode(answer, type=_Problem).message
    except UNREADABLE:
        message = answer.decode(errors="replace")
    return shortened(message, MAX_SHOWN_CHARACTERS) or "no reason given"


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StartError(
            f"cannot read {file or 'password_file'}, the account of the registry: {error.strerror}"
        ) from error
