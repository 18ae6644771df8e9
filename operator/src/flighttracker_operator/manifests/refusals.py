"""Requests of a tracker that the operator cannot fulfil, with messages for its conditions that say how to fix each.

The builders leave out what cannot be fulfilled, or keep its present state, and the rest of the tracker is reconciled.
"""

from __future__ import annotations

import math
from typing import Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.fields import Storage
from flighttracker.spec.quantities import in_units
from flighttracker.spec.servers import BuiltinKafka, BuiltinRedis, Kafka, StrimziKafka
from flighttracker_operator.manifests import amounts
from flighttracker_operator.manifests.ingress import BACKEND_TLS, GATEWAY_API, certificate_owner
from flighttracker_operator.manifests.log_bounds import kafka_storage, log_bounds
from flighttracker_operator.manifests.monitoring import PROMETHEUS_OPERATOR
from flighttracker_operator.manifests.outgoing import ca_bundle
from flighttracker_operator.manifests.pod_refusals import pod_template_refusals
from flighttracker_operator.manifests.references import referenced_secrets
from flighttracker_operator.manifests.refusal import Refusal
from flighttracker_operator.manifests.scaling import KEDA
from flighttracker_operator.manifests.strimzi import API_VERSIONS
from flighttracker_operator.manifests.volumes import CLAIM
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.images import TAG
from flighttracker_operator.model.names import (
    ISSUERS,
    Component,
    certificate_secret,
    child_name,
    strimzi_ca_secret,
    strimzi_cluster,
    strimzi_user,
)
from flighttracker_operator.model.pod_templates import WITH_PODS, pod_templates
from flighttracker_operator.model.releases import OWN_COMPONENTS, version_problem
from flighttracker_operator.model.servers import strimzi_bootstrap

ABSENT: Final = "is not installed, or not in the chart's rbac.optionalApis"


def refusals(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    """Return every request of the resource that cannot be fulfilled: Secrets, Kafka, volumes, files, optional APIs."""
    return [
        *_secrets(tracker, facts),
        *_kafka(tracker, facts),
        *_volumes(tracker, facts),
        *_files(tracker),
        *_certificates(tracker, facts),
        *_issuers(tracker, facts),
        *pod_template_refusals(tracker, facts),
        *_kinds(tracker, facts),
        *_version(tracker),
    ]


def _secrets(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    owners = _secret_owners(tracker)
    found = []
    cluster = strimzi_cluster(tracker)
    made_by_strimzi = {strimzi_user(tracker), strimzi_ca_secret(cluster)} if cluster else set()
    for name, keys in referenced_secrets(tracker).items():
        secret = facts.secrets.get(name)
        if secret is None:
            if name not in made_by_strimzi:
                with_keys = f" with the key{_plural(keys)} {_listed(keys)}" if keys else ""
                message = f"Secret {name} does not exist: create it{with_keys}"
                found.append(Refusal(owners.get(name, "gateway"), "SecretMissing", message, stops=True))
        elif missing := keys - secret.keys:
            message = f"Secret {name} lacks the key{_plural(missing)} {_listed(missing)}: add it"
            found.append(Refusal(owners.get(name, "gateway"), "SecretIncomplete", message, stops=True))
    return found


def _certificates(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    """Return a missing ConfigMap with trusted certificates: pods that mount it do not start."""
    bundle = ca_bundle(tracker, facts.policy.outgoing)
    if bundle is None or bundle.config_map_name is None:
        return []
    name, found = bundle.config_map_name, facts.ca_config_map
    if found is not None and bundle.key in found.keys:
        return []
    problem = "does not exist: create it with" if found is None else "lacks"
    where = "spec.outgoing.caBundle" if tracker.spec.outgoing and tracker.spec.outgoing.ca_bundle else "the operator"
    message = f"ConfigMap {name}, which {where} names for trusted certificates, {problem} the key {bundle.key}"
    components: list[Component] = ["generator", "gateway"]
    if tracker.spec.history.enabled:
        components.append("historian")
    if found is None:
        return [Refusal(component, "ConfigMapMissing", message, stops=True) for component in components]
    return [Refusal(component, "ConfigMapIncomplete", message, stops=True) for component in components]


def _secret_owners(tracker: FlightTracker) -> dict[str, Component]:
    """Return, by name of a Secret, the component whose condition reports it."""
    spec = tracker.spec
    kafka, registry = spec.kafka.external, spec.schema_registry.external
    bucket = spec.history.storage.s3 if spec.history.enabled else None
    named: tuple[tuple[Component, str | None], ...] = (
        *(
            (component, secret)
            for component in WITH_PODS
            for _path, template in pod_templates(tracker, component)
            for secret in template.secret_keys
        ),
        ("ingress", spec.ingress.tls.secret_name if spec.ingress.tls else None),
        *(("generator", secret) for secret in spec.generator_secrets),
        ("schema-registry", registry.credentials_secret if registry else None),
        ("redis", spec.redis.external.url_secret if spec.redis.external else None),
        ("historian", bucket.credentials_secret if bucket else None),
        ("historian", bucket.ca_secret if bucket else None),
        ("kafka", kafka.tls_secret if kafka else None),
        ("kafka", kafka.sasl_secret if kafka else None),
    )
    return {secret: component for component, secret in named if secret}


def _kafka(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    kafka = tracker.spec.kafka
    found = []
    if kafka.provider == "strimzi":
        if not facts.serves(*API_VERSIONS):
            message = (
                f"Strimzi {ABSENT} (kafka.strimzi.io): change that, or create a tracker with "
                "spec.kafka.provider: builtin"
            )
            found.append(Refusal("kafka", "StrimziMissing", message, stops=True))
        found.extend(_strimzi_cluster(facts, kafka.strimzi or StrimziKafka()))
    return found


def _strimzi_cluster(facts: Facts, wanted: StrimziKafka) -> list[Refusal]:
    if wanted.cluster is None or not facts.serves(*API_VERSIONS):
        return []
    if facts.strimzi_kafka is None:
        message = (
            f"Kafka {wanted.cluster} does not exist in this namespace: create it, or fix spec.kafka.strimzi.cluster"
        )
        return [Refusal("kafka", "KafkaMissing", message, stops=True)]
    if strimzi_bootstrap(facts.strimzi_kafka, wanted.user.auth) is None:
        mechanism = {"scram": "scram-sha-512", "tls": "tls"}[wanted.user.auth]
        message = (
            f"Kafka {wanted.cluster} has no ready listener with TLS and authentication {mechanism}: add one, or change "
            "spec.kafka.strimzi.user.auth"
        )
        return [Refusal("kafka", "ListenerMissing", message, stops=True)]
    return []


def _volumes(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    spec = tracker.spec
    wanted: list[tuple[Component, Storage, str]] = []
    if spec.kafka.provider == "builtin":
        wanted.append(("kafka", (spec.kafka.builtin or BuiltinKafka()).storage, "spec.kafka.builtin.storage.size"))
    if spec.redis.provider == "builtin":
        wanted.append(("redis", (spec.redis.builtin or BuiltinRedis()).storage, "spec.redis.builtin.storage.size"))
    if spec.history.enabled and spec.history.volume is not None:
        wanted.append(("historian", spec.history.volume, "spec.history.storage.volume.size"))
    found = []
    for component, storage, path in wanted:
        prefix = f"{CLAIM}-{child_name(tracker, component)}-"
        sizes = [size for name, size in facts.volume_claims.items() if name.startswith(prefix)]
        largest = max(sizes, key=in_units, default=storage.size)
        if in_units(largest) > in_units(storage.size):
            message = (
                f"{path} is {storage.size}, but the volume has {largest}, which cannot shrink: set it to {largest}"
            )
            found.append(Refusal(component, "StorageCannotShrink", message, stops=False))
    return [*found, *_small_volume(spec.kafka)]


def _small_volume(kafka: Kafka) -> list[Refusal]:
    """Return that the volume of a broker can fill up, because Kafka keeps at least some segments of each partition."""
    storage, bounds = kafka_storage(kafka), log_bounds(kafka)
    if storage is None or bounds is None or bounds.is_enough:
        return []
    size = math.ceil(bounds.smallest_volume / amounts.MEBIBYTE)
    message = (
        f"the volume of a Kafka broker ({storage.size}) can fill up with {kafka.partitions} partitions: set "
        f"spec.kafka.{kafka.provider}.storage.size to at least {size}Mi"
    )
    return [Refusal("kafka", "VolumeTooSmall", message, stops=False)]


def _files(tracker: FlightTracker) -> list[Refusal]:
    table = tracker.spec.aircraft_table
    if table is None or table.file is None or table.volume_claim is not None:
        return []
    message = (
        "spec.aircraftTable.file is a path in a volume, and spec.aircraftTable.volumeClaim is missing: name the "
        "PersistentVolumeClaim with the file, or use spec.aircraftTable.url; until then the table is not used"
    )
    return [Refusal("generator", "VolumeClaimMissing", message, stops=False)]


def _issuers(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    """Return why cert-manager is not asked for the ingress' certificate, or not as every field says."""
    wanted, secret = tracker.spec.ingress, certificate_secret(tracker)
    if not wanted.enabled or wanted.tls is None:
        return []
    owner = certificate_owner(tracker, facts)
    if owner is not None:
        message = (
            f"Secret {secret} is written by {owner}, so the ingress uses it and cert-manager is not asked for another: "
            "leave out spec.ingress.tls.clusterIssuer and the annotations of cert-manager, or choose another "
            "spec.ingress.tls.secretName"
        )
        return [Refusal("ingress", "CertificateHasOwner", message, stops=False)]
    ignored = [name for name in ISSUERS if name in wanted.annotations]
    if wanted.tls.cluster_issuer and ignored:
        message = (
            f"spec.ingress.annotations has {', '.join(ignored)} beside spec.ingress.tls.clusterIssuer, which is used: "
            "leave one of them out"
        )
        return [Refusal("ingress", "TwoIssuers", message, stops=False)]
    return []


def _kinds(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    """Return requests that need an API which the cluster does not serve."""
    spec = tracker.spec
    found = []
    scaling = spec.gateway.autoscaling
    if scaling and scaling.connections_per_pod is not None and not facts.serves(KEDA):
        message = (
            f"spec.gateway.autoscaling.connectionsPerPod needs KEDA, which {ABSENT}: until then, gateways scale on CPU "
            "only"
        )
        found.append(Refusal("gateway", "KedaMissing", message, stops=False))
    if spec.ingress.enabled and spec.ingress.gateway_api and not facts.serves(GATEWAY_API):
        message = f"spec.ingress.gatewayApi needs {GATEWAY_API}, which {ABSENT}: change that, or leave gatewayApi out"
        found.append(Refusal("ingress", "GatewayApiMissing", message, stops=True))
    elif (
        spec.ingress.enabled
        and spec.ingress.gateway_api
        and spec.gateway.tls
        and BACKEND_TLS not in facts.optional_kinds
    ):
        message = (
            "spec.gateway.tls with spec.ingress.gatewayApi needs BackendTLSPolicy, which is not installed: without it, "
            "the Gateway connects to the gateways without TLS, which fails; install Gateway API 1.4 or newer"
        )
        found.append(Refusal("ingress", "BackendTlsPolicyMissing", message, stops=False))
    if (spec.monitoring.service_monitor or spec.monitoring.prometheus_rule) and not facts.serves(PROMETHEUS_OPERATOR):
        message = f"spec.monitoring needs {PROMETHEUS_OPERATOR} (the Prometheus operator), which {ABSENT}"
        found.append(Refusal("monitoring", "PrometheusOperatorMissing", message, stops=False))
    return found


def _version(tracker: FlightTracker) -> list[Refusal]:
    problem = version_problem(tracker.spec.version, TAG)
    return [Refusal(one, "VersionRefused", problem, stops=True) for one in OWN_COMPONENTS] if problem else []


def _plural(items: frozenset[str]) -> str:
    return "s" if len(items) > 1 else ""


def _listed(items: frozenset[str]) -> str:
    return ", ".join(sorted(items))
