"""TLS in the gateway: the context that uvicorn uses, and a watch on the files of the certificate.

A renewed certificate is loaded into the context in use: new connections get it, and open ones continue. If certificate
and key do not match, for example while they are being written, the previous certificate stays and they are read again
later.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import ssl
from pathlib import Path

from cryptography import x509

from flighttracker.clock import Clock
from flighttracker.errors import StartError
from flighttracker.settings import TlsSettings
from flighttracker_gateway.metrics import GatewayMetrics

_logger = logging.getLogger(__name__)


class Certificate:
    """The certificate of the gateway.

    Args:
        settings: its files.
        clock: schedules the checks of the files.
        metrics: exports when the certificate expires.

    Raises:
        StartError: the files cannot be read or do not match.
    """

    def __init__(self, settings: TlsSettings, clock: Clock, metrics: GatewayMetrics) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self.context = _new_context()
        self._seen = self._digest()
        self._complaint = ""
        try:
            self._load_into(self.context)
        except (OSError, ValueError) as error:
            raise StartError(f"cannot serve HTTPS with {self._files}: {_words(error)}") from error

    async def run(self) -> None:
        """Check the files every `poll_s` until cancelled."""
        while True:
            await self._clock.sleep_ms(round(self._settings.poll_s * 1000))
            await self.look()

    async def look(self) -> None:
        """Load the files if they have changed."""
        await asyncio.to_thread(self._reload)

    def _reload(self) -> None:
        digest = self._digest()
        if digest == self._seen:
            return
        try:
            # First into a new context: loading half of a pair would break the one in use.
            self._load_into(_new_context())
            self._load_into(self.context)
        except (OSError, ValueError) as error:
            complaint = _words(error)
            if complaint != self._complaint:
                _logger.warning(
                    "%s changed and cannot be used, the certificate of before stays: %s", self._files, complaint
                )
            self._complaint = complaint
            return
        self._seen, self._complaint = digest, ""
        _logger.info("new connections get the renewed certificate in %s", self._settings.certificate_file)

    def _load_into(self, context: ssl.SSLContext) -> None:
        context.load_cert_chain(self._settings.certificate_file, self._settings.key_file, password=_no_passphrase)
        certificate = x509.load_pem_x509_certificate(Path(self._settings.certificate_file).read_bytes())
        self._metrics.set_certificate_expiry(certificate.not_valid_after_utc.timestamp())

    def _digest(self) -> bytes:
        digest = hashlib.sha256()
        for path in (self._settings.certificate_file, self._settings.key_file):
            try:
                content = Path(path).read_bytes()
            except OSError:
                content = b""
            digest.update(hashlib.sha256(content).digest())
        return digest.digest()

    @property
    def _files(self) -> str:
        return f"{self._settings.certificate_file} and {self._settings.key_file}"


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # With renegotiation in TLS 1.2 a client can cause unlimited work.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    return context


def _no_passphrase() -> str:
    raise ValueError("the key has a passphrase: store it without one")


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"{error.reason or error} (they hold no certificate and key in PEM, or the two do not belong together)"
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror}"
    return str(error)
