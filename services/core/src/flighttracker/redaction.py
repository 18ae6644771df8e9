"""Removes credentials from text that people read: logs, errors, conditions, the output of commands.

`redacted` is the only rule. `errors` applies it to the text of every error of this project, and `telemetry` to every
log line and traceback, so that errors of libraries are covered too. It is a safety net: credentials belong in Secrets,
and a resource with a password in a URL is rejected. Both use `presentable`, which also removes hidden characters: much
of these texts is what a server said.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from flighttracker.known_secrets import without_known
from flighttracker.text import printable

MASK: Final = "***"

_USERINFO: Final = re.compile(
    # Up to the last "@" of the authority, or a password with "/", "?" or "#", but not host:port/path@part. Browsers and
    # some libraries also accept URLs with backslashes, and without a scheme.
    r"(://|:\\\\|(?<![\w:/])//)(?:[^\s/\\?#]{0,2048}@|[^\s/:?#@]{0,256}:(?![0-9]{1,5}[/?#])[^\s@]{0,2048}@)"
)
_QUOTED_USERINFO: Final = re.compile(
    # In quotes, with spaces; and an account without a password before HOST:PORT.
    r"([\"'][a-zA-Z][\w+.-]{0,20}://)[^\"'\r\n/?#]{1,256}@(?=[^\"'\s]{1,256}[\"'])|"
    r"([\"'])[^\s\"'@/:]{1,256}@(?=[\w.-]{1,253}:\d{1,5}[\"'])"
)
_CUT_USERINFO: Final = re.compile(r"(://)(?!\[)[^\s/:?#@]{0,256}:(?![0-9]{1,5}…)[^\s/@]{1,2048}(?=…)")
_ENCODED_USERINFO: Final = re.compile(
    # The same in percent-encoding, also in that of an encoded URL.
    r"(?i)(%(?:25){0,3}3A(?:%(?:25){0,3}2F){2})(?:(?:(?!%(?:25){0,3}(?:2F|3F|23))[^\s/?#&]){1,1024}|"
    r"(?:(?!%(?:25){0,3}(?:2F|3F|23|3A))[^\s/?#&]){0,256}%(?:25){0,3}3A(?!\d{1,5}%)[^\s/?#&]{0,1024}?)(?=%(?:25){0,3}40)"
)
_ACCOUNT: Final = re.compile(
    # Before a host without a scheme, such as beast.connect. Not who somebody is, the tag of an image before its digest,
    # the path of a server, or the nodes of a quorum.
    r"(?i)(?<![\w.%/-])(?!(?:acct|mailto|sip|sha\d+):)[\w.%-]{1,64}:(?!//|\\\\|\d{1,5}(?:[/?#]|,(?:[\w.:-]{0,256},)?\d{1,9}@))"
    r"\S{1,256}@(?!sha\d+:)(?=[\w.-]|\[[0-9a-f:.]{2,45}\])"
)
_QUOTED_ACCOUNT: Final = re.compile(
    # The same where it is a whole value in quotes: a password with spaces.
    r"(?i)(?<=[\"'])(?!(?:acct|mailto|sip|sha\d+):)[\w.%-]{1,64}:(?!//|\\\\)[^\r\n]{1,256}@(?=[\w.-]{1,253}(?::\d{1,5})?[\"'])"
)
_LOGIN: Final = re.compile(r"(?<![\w-])(-u|--user|requirepass|masterauth)([ =]{1,4})\S{1,256}")
_QUERY: Final = re.compile(
    r"(?i)([?&;#][\w.%-]{0,40}(?:key|token|secret|passw|pwd|auth|sig|credential|session|jwt)[\w.%-]{0,40}=)[^&;\s#\"'<>]+"
)
_CREDENTIAL: Final = (
    r"[\w.-]{0,80}(?:passw(?:or)?d|passphrase|pwd|(?<![a-z])pass|secret|token|credentials?|"
    r"(?:api|access|private|secret|auth)[_-]?key)(?:[_-]?(?:value|b64|base64))?"
)
_NAMES_OF_SECRETS: Final = ("ca", "certificate", "credentials", "hs256", "sasl", "tls", "url")
"""What stands before "Secret" in fields of the resource that hold the name of a Secret."""
_NAME: Final = _CREDENTIAL + "".join(f"(?<!{name}secret)" for name in _NAMES_OF_SECRETS)
_IS_CREDENTIAL: Final = re.compile(rf"(?i){_CREDENTIAL}")
_QUOTED: Final = r"""b?"(?:[^"\\\r\n]|\\.){0,1024}"?|b?'(?:[^'\\\r\n]|\\.){0,1024}'?"""
_QUOTED_TWICE: Final = r"""(?P<quote>\\{1,7}["'])(?:(?!(?<!\\)(?P=quote))[^\r\n]){0,1024}"""
"""JSON in a string of JSON."""
_SETTING: Final = re.compile(
    # sasl.password=X, AWS_SECRET_ACCESS_KEY=X, --token X, and <password>X<.
    rf"(?i)(?<![\w.?&;#-])(?:({_NAME}\s{{0,4}}=\s{{0,4}}|--{_NAME}\s{{1,4}}(?!-))(?:{_QUOTED}|\S+)|(<{_NAME}>)[^<]+)"
)
_MEMBER: Final = re.compile(
    # "token": "X" of JSON, not an object; and a pair of Python.
    rf"(?i)(\\{{0,7}}[\"']{_NAME}\\{{0,7}}[\"']\s{{0,4}}[:,]\s{{0,4}})"
    rf"(?:{_QUOTED}|{_QUOTED_TWICE}|(?!null\b|true\b|false\b|none\b)[^\s,}}\]\[{{]+)"
)
_LINE: Final = re.compile(
    # A line of YAML. A word after "token:" may be a message.
    r"(?im)(?<![\w.-])([\w.-]{0,80}passw(?:or)?d:[ \t]{1,4}|"
    rf"{_NAME}:[ \t]{{1,4}}(?=[\"']|[^\s]{{0,256}}[^a-z\s,;}}\].]))"
    rf"(?:(?:{_QUOTED}|\S+)(?=[ \t]{{0,9}}$)|(?:{_QUOTED}|[^\s,;}}\]]+)(?=[,;}}\]]))"
)
_HEADER: Final = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}(?:key|token|secret)[\w-]{0,40})"
    r"((?:['\"]?\s{0,4}[:=]|['\"],)\s{0,4}(?:b(?=['\"]))?['\"]?)(?:(?:bearer|basic|digest|token|apikey)\s{1,4})?"
    r"(?:[\w.-]{1,64}=\"[^\"\r\n]{0,1024}|[^\s'\",;}]+)"
    # Parameters of Digest, and other cookies.
    r"(?:\"?[,;][ \t]{0,4}[\w.-]{1,64}=(?:\"[^\"\r\n]{0,1024}|[^\s'\",;}]{0,1024}))*"
)
_BASIC: Final = re.compile(r"(?ia)\b(basic\s{1,4})([\w+/-]{6,}={0,2})")
_PEM: Final = re.compile(r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)(?:(?!-----END).)*", re.DOTALL)
_BEARER: Final = re.compile(
    # Not the word after "bearer" in a sentence.
    r"(?i)\b(bearer\s{1,4})(?:(?=[\w.~+/-]*[0-9])[\w.~+/-]{8,}=*|(?=[\w.~+/-]*[._][\w~+/-])[\w.~+/-]{12,}=*)|"
    r"([\"']bearer\s{1,4})[^\s\"']{1,4096}(?=[\"'])"
)
_JWT: Final = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")


def redacted(text: str) -> str:
    """Return a text without the credentials in it; each is replaced by `***`.

    It removes every secret that this process has read (`known_secrets`). Of others, it removes user names and passwords
    in URLs and before a host, values that are named like a key, token or password (query parameters, settings, members
    of JSON, lines of YAML), headers such as `Authorization`, `Cookie` and `X-API-Key`, JWTs and private keys. Its time
    is linear in the length of the text.
    """
    text = without_known(text, MASK)
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    text = _QUOTED_USERINFO.sub(rf"\1\2{MASK}@", text)
    text = _CUT_USERINFO.sub(rf"\1{MASK}", text)
    text = _ENCODED_USERINFO.sub(rf"\1{MASK}", text)
    text = _QUOTED_ACCOUNT.sub(f"{MASK}@", _ACCOUNT.sub(f"{MASK}@", text))
    text = _LOGIN.sub(rf"\1\2{MASK}", text)
    text = _QUERY.sub(rf"\1{MASK}", text)
    text = _HEADER.sub(rf"\1\2{MASK}", text)
    text = _SETTING.sub(rf"\1\2{MASK}", text)
    for pattern in (_MEMBER, _LINE, _PEM):
        text = pattern.sub(rf"\1{MASK}", text)
    text = _BASIC.sub(_masked_account, text)
    text = _BEARER.sub(rf"\1\2{MASK}", text)
    return _JWT.sub(MASK, text)


def presentable(text: str) -> str:
    """Return a text, of any number of lines, without credentials and hidden characters."""
    text = redacted(text)
    if text.isprintable():
        return text
    # Once more: what is hidden inside of a password kept it from being found.
    return redacted("\n".join(printable(line) for line in text.split("\n")))


def is_credential(name: str) -> bool:
    """Return whether a field, setting or header is named like a password, key or token, or the Secret that has it."""
    return _IS_CREDENTIAL.fullmatch(name) is not None


def shortened(text: str, most: int) -> str:
    """Return a line of at most so many characters, without credentials, also where it is cut, and hidden characters."""
    # Redact first: a URL that is cut does not show where its password ends. The slice bounds the work.
    shown = presentable(text[: most * 4]).replace("\n", " ")
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _masked_account(found: re.Match[str]) -> str:
    """Mask `Basic dTpw`, an account in base64, but no word that follows "basic"."""
    try:
        is_account = b":" in base64.b64decode(
            found[2] + "=" * (-len(found[2]) % 4), b"-_" if "-" in found[2] else b"+/"
        )
    except ValueError:
        is_account = False
    return f"{found[1]}{MASK}" if is_account else found[0]
