"""Proxies and trusted certificates of a tracker's pods: the settings of the operator, completed by `spec.outgoing`."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.outgoing import CaBundle, OutgoingSpec
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.policy import Outgoing

CA_DIRECTORY: Final = "/etc/flighttracker/ca"
CA_VOLUME: Final = "ca"
CA_VARIABLES: Final = ("SSL_CERT_FILE", "OTEL_EXPORTER_OTLP_CERTIFICATE")
"""OpenSSL reads the first; authorities of the image stay trusted, because they are in OpenSSL's directory. The exporter
of traces reads the second, and trusts no others."""
IN_CLUSTER: Final = ".svc"


def proxies(tracker: FlightTracker, settings: Outgoing) -> dict[str, str]:
    """Return the environment variables of the proxies; empty without a proxy.

    The tracker's own servers are never asked through a proxy.
    """
    own = tracker.spec.outgoing or OutgoingSpec()
    named = {
        "HTTP_PROXY": own.http_proxy or settings.http_proxy,
        "HTTPS_PROXY": own.https_proxy or settings.https_proxy,
    }
    found = {name: proxy for name, proxy in named.items() if proxy}
    exceptions = settings.no_proxy if own.no_proxy is None else own.no_proxy
    if IN_CLUSTER not in exceptions:
        exceptions = (IN_CLUSTER, *exceptions)
    return {**found, "NO_PROXY": ",".join(exceptions)} if found else {}


def ca_bundle(tracker: FlightTracker, settings: Outgoing) -> CaBundle | None:
    """Return where the trusted certificates are; None for those of the images."""
    own = tracker.spec.outgoing
    if own is not None and own.ca_bundle is not None:
        return own.ca_bundle
    if settings.ca_config_map:
        return CaBundle(config_map_name=settings.ca_config_map, key=settings.ca_key)
    return None


def ca_file(tracker: FlightTracker, facts: Facts) -> str:
    """Return the path of the trusted certificates in a pod; empty for those of the image."""
    bundle = ca_bundle(tracker, facts.policy.outgoing)
    return f"{CA_DIRECTORY}/{bundle.key}" if bundle else ""


def environment(tracker: FlightTracker, facts: Facts) -> list[dict[str, Any]]:
    """Return the environment variables of a container with outgoing connections."""
    file = ca_file(tracker, facts)
    variables = proxies(tracker, facts.policy.outgoing) | (dict.fromkeys(CA_VARIABLES, file) if file else {})
    return [{"name": name, "value": value} for name, value in variables.items()]


def ca_volumes(tracker: FlightTracker, facts: Facts) -> list[dict[str, Any]]:
    """Return the volume with the trusted certificates, if there is one."""
    bundle = ca_bundle(tracker, facts.policy.outgoing)
    if bundle is None:
        return []
    items = [{"key": bundle.key, "path": bundle.key}]
    if bundle.secret_name:
        return [{"name": CA_VOLUME, "secret": {"secretName": bundle.secret_name, "items": items}}]
    return [{"name": CA_VOLUME, "configMap": {"name": bundle.config_map_name, "items": items}}]


def ca_mounts(tracker: FlightTracker, facts: Facts) -> list[dict[str, Any]]:
    """Return the mount of `ca_volumes`."""
    is_set = ca_bundle(tracker, facts.policy.outgoing) is not None
    return [{"name": CA_VOLUME, "mountPath": CA_DIRECTORY, "readOnly": True}] if is_set else []


def ca_mark(tracker: FlightTracker, facts: Facts) -> dict[str, str]:
    """Return what changes with the content of a ConfigMap with certificates: processes read them once."""
    found = facts.ca_config_map
    return {"ca": found.digest} if found and ca_mounts(tracker, facts) else {}
