"""Says why no answer came from a server: which error of the libraries means what, and what to do about it. Pure.

Called by `http`; `feeds.dialing` takes the words for an error of the system from here.
"""

from __future__ import annotations

import os
import ssl
from typing import Final

import aiohttp

from flighttracker.errors import SourceError
from flighttracker.outgoing import forbidden_cause
from flighttracker.proxies import ProxyError

_WRONG_NAME: Final = (62, 64)
_WRONG_TIME: Final = (9, 10)
"""Numbers of OpenSSL (`X509_V_ERR_…`): the certificate has another name or address; it is not valid yet, or expired."""


def unreached(url: str, error: Exception, *, has_own_authority: bool, shows_certificate: bool) -> SourceError:
    """Return the error for a request without an answer.

    Args:
        url: what was requested.
        error: of the library.
        has_own_authority: whether only the authority in `caSecret` is trusted.
        shows_certificate: whether servers are shown a client certificate.
    """
    if (forbidden := forbidden_cause(error)) is not None:
        return SourceError(f"{url} must not be asked: {forbidden}", reason="forbidden_target")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        words = f"cannot reach {url}: the proxy answered {error.status} {error.message}"
        return SourceError(words, reason="proxy", was_reached=False)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        words = f"cannot reach the proxy for {url}: {system_words(error.os_error)}"
        return SourceError(words, reason="proxy", was_reached=False)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        words = _certificate_words(error.certificate_error, has_own_authority=has_own_authority)
        return SourceError(f"cannot reach {url}: {words}", reason="tls", was_reached=False)
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = "connection"
        if isinstance(error, aiohttp.ClientSSLError):
            reason = "tls"
        elif isinstance(error, aiohttp.ClientConnectorDNSError):
            reason = "dns"
        return SourceError(f"cannot reach {url}: {system_words(error.os_error)}", reason=reason, was_reached=False)
    words = f"cannot reach {url}: {error}"
    if isinstance(error, aiohttp.ClientSSLError):
        return SourceError(words, reason="tls", was_reached=False)
    if isinstance(error, ProxyError):
        return SourceError(words, reason="proxy", was_reached=False)
    if isinstance(error, ValueError):
        return SourceError(words, reason="connection", was_reached=False)
    # With TLS 1.3, a server checks the client's certificate when the connection stands, and closes it.
    if url.startswith("https:") and shows_certificate:
        words = f"{words}; it may reject the certificate in clientCertificateSecret"
    elif url.startswith("https:"):
        words = f"{words}; it may want a client certificate: name a Secret with one in clientCertificateSecret"
    return SourceError(words, reason="connection")


def system_words(error: OSError) -> str:
    """Return what the system says about an error, such as "Connection refused"; the caller names the address."""
    is_of_system = type(error) is OSError or isinstance(error, ConnectionError | TimeoutError)
    if is_of_system and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)


def _certificate_words(error: Exception, *, has_own_authority: bool) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be used: {error}"
    words = f"its certificate is not valid: {error.verify_message.rstrip('.')}"
    if error.verify_code in _WRONG_NAME:
        return f"{words}; use a name that is in the certificate"
    if error.verify_code in _WRONG_TIME:
        return f"{words}; renew it, or set the clock of this computer"
    if has_own_authority:
        return f"{words}; the ca.crt in caSecret is of another authority"
    return f"{words}; if it has an authority of its own, name a Secret with its ca.crt in caSecret"
