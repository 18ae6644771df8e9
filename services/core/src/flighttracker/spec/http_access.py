"""Fields of every source over HTTP: headers, account and certificates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from flighttracker.spec.fields import HEADER_NAME, HEADER_VALUE, PARAMETER_NAME, BrokenRule, ObjectName, SpecModel

SECRET_HEADERS: Final = (
    "api-auth",
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-api-key",
    "x-auth-token",
    "x-rapidapi-key",
)
"""Headers with credentials."""
OWN_HEADERS: Final = ("accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent")
"""Headers that the client sets."""

NOT_IN_HEADERS: Final = (
    "cannot have headers that carry an account or belong to the client: use credentialsSecret or userAgent"
)
"""Message for one of these headers in `headers`."""

HeaderName = Annotated[str, Field(pattern=HEADER_NAME.regex, max_length=64)]
HeaderValue = Annotated[str, Field(pattern=HEADER_VALUE.regex, max_length=1024)]
ParameterName = Annotated[str, Field(pattern=PARAMETER_NAME.regex, max_length=64)]


def merged_keys(parts: Iterable[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    """Return the keys by Secret of several sources; two of them may use one Secret."""
    return joined_keys(*((secret, tuple(keys)) for part in parts for secret, keys in part.items()))


def joined_keys(*needed: tuple[str | None, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Return the keys by Secret; one Secret may serve several purposes."""
    keys: dict[str, frozenset[str]] = {}
    for secret, names in needed:
        if secret:
            keys[secret] = keys.get(secret, frozenset()) | frozenset(names)
    return keys


class HttpAccess(SpecModel):
    """Base of the sources with HTTP requests."""

    user_agent: HeaderValue = ""
    """`User-Agent`; some providers want a contact. Defaults to flighttracker/VERSION."""
    headers: dict[str, HeaderValue] = Field(default={}, max_length=32)
    """Further headers; secrets belong in `credentialsSecret`."""
    ca_secret: ObjectName | None = None
    """Secret with `ca.crt`, trusted instead of the system's authorities."""
    client_certificate_secret: ObjectName | None = None
    """Secret with the client's `tls.crt` and `tls.key`."""

    @property
    def secret_keys(self) -> dict[str, frozenset[str]]:
        """The keys that the source reads, by Secret; changes take effect without a restart."""
        return joined_keys(
            (self.ca_secret, ("ca.crt",)), (self.client_certificate_secret, ("tls.crt", "tls.key")), *self.account_keys
        )

    @property
    def account_keys(self) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
        """The Secret with the account and its keys; each source has its own."""
        return ()

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield invalid names of headers, and headers with credentials."""
        for name in self.headers:
            if not HEADER_NAME.matches(name):
                yield BrokenRule("headers", HEADERS_ARE_NAMED)
                break
        if any(name.lower() in SECRET_HEADERS + OWN_HEADERS for name in self.headers):
            yield BrokenRule("headers", NOT_IN_HEADERS)


HEADERS_ARE_NAMED: Final = 'must have names of HTTP headers, such as "X-Client"'


class ApiKey(SpecModel):
    """Where a request has the key `api_key` of `credentialsSecret`."""

    header: HeaderName | None = None
    """Header with the key: "X-API-Key"."""
    query: ParameterName | None = None
    """Query parameter with the key. Prefer a header: servers log queries."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a missing place of the key, or a second one."""
        if (self.header is None) == (self.query is None):
            yield BrokenRule("header", ONE_PLACE)


ONE_PLACE: Final = "or query must be set, and not both"

WITHOUT_ACCOUNT: Final = "is missing: apiKey needs a Secret with the key api_key"


class HttpAccount(HttpAccess):
    """Base of those whose requests may carry an account."""

    credentials_secret: ObjectName | None = None
    """Secret with `username` and `password`, or `token` (see `auth`), or `api_key` (see `apiKey`)."""
    auth: Literal["basic", "bearer"] = "basic"
    """`basic`: `username` and `password` of the Secret; `bearer`: its `token`."""
    api_key: ApiKey | None = None
    """Where a request has the Secret's `api_key`. `auth` is then ignored."""

    @property
    def account_keys(self) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
        """The Secret with the account, by its kind."""
        if self.api_key is not None:
            return ((self.credentials_secret, ("api_key",)),)
        return ((self.credentials_secret, ("token",) if self.auth == "bearer" else ("username", "password")),)

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield those of every HTTP source, and a key without a Secret."""
        yield from super().broken_rules()
        if self.api_key is not None and self.credentials_secret is None:
            yield BrokenRule("credentialsSecret", WITHOUT_ACCOUNT)
