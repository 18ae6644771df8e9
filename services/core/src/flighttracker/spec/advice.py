"""Warnings about valid settings that give access to more clients than expected, or too little to each. Pure.

`flighttracker validate` prints the warnings; the operator creates an event for each.
"""

from __future__ import annotations

from collections.abc import Iterator

from flighttracker.spec.tracker import FlightTracker


def warnings_of(tracker: FlightTracker) -> Iterator[str]:
    """Yield a sentence for each risky setting; it begins with the path of the field."""
    auth, ingress = tracker.spec.gateway.auth, tracker.spec.ingress
    if auth.mode == "none" and ingress.enabled:
        yield (
            "spec.gateway.auth.mode is none and spec.ingress is enabled: everybody who reaches the ingress sees the "
            "map; set mode: token to require a token"
        )
    service = tracker.spec.web.service.type if tracker.spec.web.enabled else "ClusterIP"
    if auth.mode == "none" and service != "ClusterIP":
        yield (
            f"spec.gateway.auth.mode is none and spec.web.service.type is {service}: everybody who reaches its address "
            "sees the map; set mode: token to require a token"
        )
    if ingress.enabled and not tracker.spec.gateway.trusted_proxies:
        yield (
            "spec.gateway.trustedProxies is missing and spec.ingress is enabled: all clients behind the ingress have "
            "its address and share the limits of one client; set it to the addresses of the ingress controller's pods"
        )
    elif service != "ClusterIP" and not tracker.spec.gateway.trusted_proxies:
        yield (
            f"spec.gateway.trustedProxies is missing and spec.web.service.type is {service}: all clients have the "
            "address of a page's pod and share the limits of one client; set it to the network of the cluster's pods"
        )
    if auth.token is not None and auth.token.jwks_url is not None and not auth.token.audience:
        yield (
            "spec.gateway.auth.token.audience is missing: tokens with `aud` are rejected, and every token without it "
            "that is signed with a key from jwksUrl is accepted, also one for another application; set it to the `aud` "
            "of this tracker's tokens"
        )
