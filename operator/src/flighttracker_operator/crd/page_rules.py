"""The rules of `spec.web` and `spec.ingress`; `rules` includes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flighttracker.spec.page import NOT_OWN_PATH, OF_LOAD_BALANCERS, OF_OUTSIDE, OWN_PATHS, TILES_ACCOUNT
from flighttracker_operator.crd.pod_rules import container_rules
from flighttracker_operator.crd.rule import Rule, no_userinfo

PAGE_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Web": (
        Rule(
            f"!self.basePath.matches('^/({'|'.join(OWN_PATHS)})(/|$)')",
            "basePath",
            NOT_OWN_PATH,
        ),
        Rule(
            "self.tilesUrl == '' || self.tilesUrl.contains('.pmtiles') || "
            "(self.tilesUrl.contains('{x}') && self.tilesUrl.contains('{y}'))",
            "tilesUrl",
            "must contain {x} and {y} as well as {z}",
        ),
        no_userinfo("tilesUrl", TILES_ACCOUNT),
        *container_rules("web"),
    ),
    "WebService": (
        *(
            Rule(
                f"self.type == 'LoadBalancer' || {unset}",
                field,
                OF_LOAD_BALANCERS,
            )
            for field, unset in (
                ("loadBalancerClass", "!has(self.loadBalancerClass)"),
                ("loadBalancerSourceRanges", "self.loadBalancerSourceRanges.size() == 0"),
            )
        ),
        Rule("self.type != 'ClusterIP' || !has(self.externalTrafficPolicy)", "externalTrafficPolicy", OF_OUTSIDE),
    ),
    "IngressTls": (
        Rule(
            "has(self.secretName) || has(self.clusterIssuer)",
            "secretName",
            "is missing: TLS needs secretName, or clusterIssuer to issue a certificate",
        ),
    ),
    "Ingress": (
        Rule(
            "!has(self.tls) || has(self.host)",
            "host",
            "is missing: TLS needs the host name of the certificate",
        ),
        *(
            Rule(
                f"!has(self.gatewayApi) || !has(self.{name})",
                name,
                "must be left out, because with gatewayApi the Gateway sets it",
            )
            for name in ("className", "tls")
        ),
    ),
}
"""By the model's name."""
