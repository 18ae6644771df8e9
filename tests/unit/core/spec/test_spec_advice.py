"""Warnings about valid settings that give access to more clients than expected, or too little to each."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from flighttracker.spec import parse_tracker, warnings_of
from tests.unit.core.spec.mistakes import HEAD

OPEN = "spec.gateway.auth.mode is none and spec.ingress is enabled: "
SHARED = "spec.gateway.trustedProxies is missing and spec.ingress is enabled: "
BALANCED = "spec.gateway.auth.mode is none and spec.web.service.type is LoadBalancer: "
UNKNOWN = "spec.gateway.trustedProxies is missing and spec.web.service.type is LoadBalancer: "
AUDIENCE = "spec.gateway.auth.token.audience is missing: "
KEYS = "https://id.example/keys"


@pytest.mark.parametrize(
    ("spec", "begins"),
    [
        ("gateway: {}", []),
        ("ingress: {enabled: true}", [OPEN, SHARED]),
        ("ingress: {enabled: true, host: a.example}", [OPEN, SHARED]),
        ("ingress: {host: a.example}", []),
        ("web: {service: {type: LoadBalancer}}", [BALANCED, UNKNOWN]),
        ("web: {service: {type: LoadBalancer}}\ngateway: {trustedProxies: [10.0.0.0/8]}", [BALANCED]),
        ("web: {enabled: false, service: {type: LoadBalancer}}", []),
        ("gateway: {auth: {mode: token, token: {hs256Secret: s}}}\ningress: {enabled: true}", [SHARED]),
        ("gateway: {trustedProxies: [10.0.0.0/8]}\ningress: {enabled: true}", [OPEN]),
        ("gateway: {trustedProxies: []}\ningress: {enabled: true}", [OPEN, SHARED]),
        ("gateway: {trustedProxies: [10.0.0.0/8]}", []),
        (f"gateway: {{auth: {{mode: token, token: {{jwksUrl: '{KEYS}'}}}}}}", [AUDIENCE]),
        (f"gateway: {{auth: {{mode: token, token: {{jwksUrl: '{KEYS}', issuer: x}}}}}}", [AUDIENCE]),
        (f"gateway: {{auth: {{mode: token, token: {{jwksUrl: '{KEYS}', audience: flights}}}}}}", []),
    ],
)
def test_valid_settings_with_a_risk_have_a_warning(spec: str, begins: list[str]) -> None:
    tracker = parse_tracker(HEAD + "spec:\n" + indent(dedent(spec), "  ") + "\n", source="test.yaml")
    warnings = list(warnings_of(tracker))
    assert len(warnings) == len(begins)
    for warning, begin in zip(warnings, begins, strict=True):
        assert warning.startswith(begin)
