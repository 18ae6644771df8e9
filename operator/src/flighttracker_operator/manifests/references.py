"""Lists the Secrets that a tracker references; the operator reads these and no others."""

from __future__ import annotations

from flighttracker.plan_history import ACCESS_KEY, SECRET_KEY
from flighttracker.spec import FlightTracker
from flighttracker_operator.model.names import (
    Component,
    certificate_secret,
    has_issuer,
    kafka_secret,
    redis_secret,
    strimzi_ca_secret,
    strimzi_cluster,
    strimzi_user,
)
from flighttracker_operator.model.pod_templates import WITH_PODS, pod_templates


def named_secrets(tracker: FlightTracker) -> frozenset[str]:
    """Return the names of all Secrets that the tracker uses: referenced ones, and those generated under its name."""
    made = {redis_secret(tracker)} if tracker.spec.redis.provider == "builtin" else set()
    if tracker.spec.kafka.provider == "builtin":
        made.add(kafka_secret(tracker))
    certificate = certificate_secret(tracker) if tracker.spec.ingress.enabled else None
    return frozenset({*referenced_secrets(tracker), *made, *((certificate,) if certificate else ())})


def own_secrets(tracker: FlightTracker) -> frozenset[str]:
    """Return the names that the operator's Secrets have or had: a tracker that left a builtin server still has one."""
    return frozenset({kafka_secret(tracker), redis_secret(tracker)})


def referenced_secrets(tracker: FlightTracker) -> dict[str, frozenset[str]]:
    """Return the names of Secrets that the pods or the ingress need and the operator does not make, with required keys.

    Secrets that cert-manager writes are left out. A Secret that serves several purposes needs the keys of all of them.
    """
    needed: dict[str, frozenset[str]] = {}

    def need(secret: str | None, *keys: str) -> None:
        if secret:
            needed[secret] = needed.get(secret, frozenset()) | frozenset(keys)

    spec = tracker.spec
    for component in WITH_PODS:
        if _has_pods(tracker, component):
            for _path, template in pod_templates(tracker, component):
                for secret, keys in template.secret_keys.items():
                    need(secret, *keys)
    for secret, keys in spec.generator_secrets.items():
        need(secret, *keys)
    if spec.kafka.external:
        need(spec.kafka.external.tls_secret, "ca.crt")
        need(spec.kafka.external.sasl_secret, "username", "password")
    cluster = strimzi_cluster(tracker)
    if cluster:
        scram = spec.kafka.strimzi is None or spec.kafka.strimzi.user.auth == "scram"
        need(strimzi_ca_secret(cluster), "ca.crt")
        need(strimzi_user(tracker), *(("password", "sasl.jaas.config") if scram else ("user.crt", "user.key")))
    if spec.redis.external:
        need(spec.redis.external.url_secret, "url")
    if spec.schema_registry.external:
        need(spec.schema_registry.external.credentials_secret, "username", "password")
    if spec.history.enabled and spec.history.storage.s3:
        need(spec.history.storage.s3.credentials_secret, ACCESS_KEY, SECRET_KEY)
        need(spec.history.storage.s3.ca_secret, "ca.crt")
    if spec.outgoing and spec.outgoing.ca_bundle:
        need(spec.outgoing.ca_bundle.secret_name, spec.outgoing.ca_bundle.key)
    if spec.gateway.auth.token:
        need(spec.gateway.auth.token.hs256_secret, "secret")
    if spec.gateway.tls:
        need(spec.gateway.tls.secret_name, "tls.crt", "tls.key")
    if spec.ingress.enabled and spec.ingress.tls and not has_issuer(tracker):
        need(certificate_secret(tracker), "tls.crt", "tls.key")
    return needed


def _has_pods(tracker: FlightTracker, component: Component) -> bool:
    """Return whether a tracker has pods of a component."""
    spec = tracker.spec
    absent = {
        "historian": not spec.history.enabled,
        "web": not spec.web.enabled,
        "kafka": spec.kafka.brokers is None,
        "redis": spec.redis.provider == "external",
        "schema-registry": spec.schema_registry.provider == "external",
    }
    return not absent.get(component, False)
