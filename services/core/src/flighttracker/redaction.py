"""Removes credentials from text that people read: logs, errors, conditions, the output of commands. Pure.

`redacted` is the only rule. `errors` applies it to the text of every error of this project, and `telemetry` to every
log line and traceback, so that errors of libraries are covered too. It is a safety net: credentials belong in Secrets,
and a resource with a password in a URL is rejected.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "***"

_USERINFO: Final = re.compile(
    # Up to the last "@" of the authority, or a password with "/", "?" or "#", but not host:port/path@part. Browsers and
    # some libraries also accept URLs with backslashes, and without a scheme.
    r"(://|:\\\\|(?<![\w:/])//)(?:[^\s/\\?#]{0,2048}@|[^\s/:?#@]{0,256}:(?![0-9]{1,5}[/?#])[^\s@]{0,2048}@)"
)
_ENCODED_USERINFO: Final = re.compile(r"(?i)(%3A%2F%2F)(?:(?!%2F|%3F|%23)[^\s/?#&]){1,2048}%40")
_ACCOUNT: Final = re.compile(
    # Before HOST:PORT without a scheme, such as beast.connect; the tag of an image is before a digest.
    r"(?<![\w.%/-])[\w.%-]{1,64}:[^\s@/\"']{1,256}@"
    r"(?=(?!sha\d+:)(?:[\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}\b)"
)
_QUOTED_ACCOUNT: Final = re.compile(
    # The same without a port, where it is a whole value in quotes; but not who somebody is.
    r"(?i)(?<=[\"'])(?!(?:acct|mailto|sha\d+):)[\w.%-]{1,64}:[^\s@/\"']{1,256}@(?=[\w.-]{1,253}[\"'])"
)
_QUERY: Final = re.compile(
    r"(?i)([?&;#][\w.%-]{0,40}(?:key|token|secret|passw|pwd|auth|sig|credential|session|jwt)[\w.%-]{0,40}=)[^&;\s#\"'<>]+"
)
_PASSWORD: Final = re.compile(
    # A setting such as sasl.password= or AWS_SECRET_ACCESS_KEY=, and the same in JSON.
    r"(?i)([\w.-]{0,40}(?:password|passwd|secret_?(?:access_?)?key|client_?secret|(?:session|access)_?token)[\w.-]{0,40}"
    r"(?:\s{0,4}=\s{0,4}|['\"]\s{0,4}:\s{0,4}(?=['\"]))['\"]?)[^\s,;&'\"]+"
)
_HEADER: Final = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}(?:key|token|secret)[\w-]{0,40})"
    r"(['\"]?\s{0,4}[:=]\s{0,4}(?:b(?=['\"]))?['\"]?)(?:(?:bearer|basic|digest|token|apikey)\s{1,4})?[^\s'\",;}]+"
)
_BEARER: Final = re.compile(r"(?i)\b(bearer\s{1,4})(?=[\w.~+/-]*[0-9._])[\w.~+/-]{12,}=*")
_JWT: Final = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")


def redacted(text: str) -> str:
    """Return a text without the credentials in it; each is replaced by `***`.

    It removes user names and passwords in URLs and before HOST:PORT, query parameters that are named like a key, token
    or password, settings that are named like a password, headers such as `Authorization` and `X-API-Key`, and JWTs. Its
    time is linear in the length of the text.
    """
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    text = _ENCODED_USERINFO.sub(rf"\1{MASK}%40", text)
    text = _QUOTED_ACCOUNT.sub(f"{MASK}@", _ACCOUNT.sub(f"{MASK}@", text))
    text = _QUERY.sub(rf"\1{MASK}", text)
    text = _PASSWORD.sub(rf"\1{MASK}", text)
    text = _HEADER.sub(rf"\1\2{MASK}", text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _JWT.sub(MASK, text)
