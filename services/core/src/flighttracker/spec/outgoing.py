"""`spec.outgoing`: proxies and certificates for connections to servers outside of the tracker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from flighttracker.spec.fields import BrokenRule, ObjectName, ShortText, SpecModel, WebUrl, userinfo_rule

PROXY_ACCOUNT: Final = "everyone who can read pods would see them; use a proxy that asks for none"
"""Why there is no account for a proxy."""
ONE_BUNDLE: Final = "is missing: set configMapName or secretName, and not both"


class CaBundle(SpecModel):
    """Certificates of authorities in PEM, from a ConfigMap or a Secret in the namespace of the tracker."""

    config_map_name: ObjectName | None = None
    """ConfigMap with the certificates, such as one that trust-manager writes."""
    secret_name: ObjectName | None = None
    """Secret with the certificates."""
    key: ObjectName = "ca.crt"
    """Key with the certificates."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield no object with certificates, or two."""
        if (self.config_map_name is None) == (self.secret_name is None):
            yield BrokenRule("configMapName", ONE_BUNDLE)


class OutgoingSpec(SpecModel):
    """How generators and gateways reach sources, key servers, and an external registry. It completes the settings of
    the operator."""

    http_proxy: WebUrl | None = None
    """Proxy for `http://`. The operator's policy must allow it."""
    https_proxy: WebUrl | None = None
    """Proxy for `https://`. The operator's policy must allow it."""
    no_proxy: tuple[Annotated[ShortText, Field(min_length=1)], ...] | None = Field(default=None, max_length=64)
    """Names, addresses and networks that are reached without a proxy, in the format of NO_PROXY."""
    ca_bundle: CaBundle | None = None
    """Authorities to trust for all outgoing TLS connections, in addition to those of the images."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield proxies with a user name or password."""
        yield from userinfo_rule("httpProxy", self.http_proxy, PROXY_ACCOUNT)
        yield from userinfo_rule("httpsProxy", self.https_proxy, PROXY_ACCOUNT)
