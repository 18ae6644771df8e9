"""The fields of a resource that Compose cannot express: errors, and warnings that say what happens instead. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flighttracker.errors import StartError
from flighttracker.spec import FlightTracker
from flighttracker.spec.servers import BuiltinKafka, BuiltinRedis
from flighttracker_operator.model.pod_templates import WITH_PODS, pod_templates

NO_CLASSES: Final = "there are no StorageClasses"


def reject(tracker: FlightTracker) -> None:
    """Reject a resource that would be a different tracker with Compose.

    Raises:
        StartError: it needs another operator; the message names the field.
    """
    spec = tracker.spec
    if spec.kafka.provider == "strimzi":
        raise StartError(
            "spec.kafka.provider: strimzi needs Kubernetes: use builtin (Kafka in a container), or external with the "
            "address of a Kafka that runs already"
        )
    if spec.aircraft_table and spec.aircraft_table.file:
        raise StartError(
            "spec.aircraftTable.file is a path in a volume of Kubernetes: use spec.aircraftTable.url, the address of a "
            "web server that has the file"
        )
    if spec.outgoing and spec.outgoing.ca_bundle:
        raise StartError(
            "spec.outgoing.caBundle is an object of Kubernetes: leave it out, and name the certificates of each server "
            "in its caSecret, whose ca.crt is a file beside the Compose file"
        )
    if spec.ingress.enabled and spec.ingress.tls and spec.ingress.tls.secret_name is None:
        raise StartError(
            "spec.ingress.tls.clusterIssuer needs cert-manager and Kubernetes: name a Secret in "
            "spec.ingress.tls.secretName, whose tls.crt and tls.key are files beside the Compose file"
        )


def warnings(tracker: FlightTracker) -> Iterator[str]:
    """Yield what is different from a cluster, each with its field."""
    spec = tracker.spec
    if spec.paused:
        yield "spec.paused is ignored: it pauses the operator; stop the project with `docker compose stop`"
    scaling = spec.gateway.autoscaling
    if scaling:
        yield (
            f"spec.gateway.autoscaling: Compose does not scale by itself: {scaling.min_replicas} gateways start; "
            "more with `docker compose up --scale gateway=N`"
        )
    if not is_page_served(tracker):
        if (scaling.min_replicas if scaling else spec.gateway.replicas) > 1:
            yield (
                "spec.gateway.replicas: 1 gateway starts, because nginx, which would spread viewers over several, is "
                "not there without spec.web"
            )
    elif spec.web.replicas > 1:
        yield f"spec.web.replicas {spec.web.replicas} is ignored: one container has the port of the map"
    if tracker.spec.web.service.model_fields_set:
        yield "spec.web.service is ignored: it is a Kubernetes object; --port is the port of the map"
    if spec.history.enabled and spec.history.volume and spec.history.volume.class_name:
        yield f"spec.history.storage.volume.className is ignored: {NO_CLASSES}"
    yield from _ingress(tracker)
    yield from _storage("spec.kafka.builtin", spec.kafka.builtin)
    yield from _storage("spec.redis.builtin", spec.redis.builtin)
    for field, is_set in (
        ("serviceMonitor", spec.monitoring.service_monitor),
        ("prometheusRule", spec.monitoring.prometheus_rule),
        ("grafanaDashboard", spec.monitoring.grafana_dashboard),
    ):
        if is_set:
            yield f"spec.monitoring.{field} is ignored: it makes a Kubernetes object"
    yield from _pods(tracker)


def _pods(tracker: FlightTracker) -> Iterator[str]:
    """Yield each field of the templates of pods; there are no pods, and containers have the operator's own settings."""
    common = tracker.spec.pod_template
    for field, info in type(common).model_fields.items():
        if field != "image_overrides" and getattr(common, field) not in (None, (), {}):
            instead = "log in with `docker login`" if field == "image_pull_secrets" else "there are no pods and nodes"
            yield f"spec.podTemplate.{info.alias} is ignored: {instead}"
    for component in WITH_PODS:
        for path, _template in pod_templates(tracker, component):
            if path != "spec.podTemplate":
                yield f"{path} is ignored: there are no pods and nodes"


def is_page_served(tracker: FlightTracker) -> bool:
    """Return whether nginx with the page is in front of the gateways."""
    return tracker.spec.web.enabled and tracker.spec.web.replicas > 0


def _ingress(tracker: FlightTracker) -> Iterator[str]:
    ingress = tracker.spec.ingress
    if not ingress.enabled:
        return
    for field, value in (
        ("className", ingress.class_name),
        ("annotations", ingress.annotations),
        ("gatewayApi", ingress.gateway_api),
    ):
        if value:
            yield f"spec.ingress.{field} is ignored: there is no ingress; the map is at a port of this computer"
    if ingress.tls and ingress.tls.cluster_issuer:
        yield (
            "spec.ingress.tls.clusterIssuer is ignored: nothing issues and renews the certificate in "
            f"{ingress.tls.secret_name}"
        )
    if ingress.tls and not is_page_served(tracker):
        yield "spec.ingress.tls is ignored without spec.web; use spec.gateway.tls"


def _storage(field: str, builtin: BuiltinKafka | BuiltinRedis | None) -> Iterator[str]:
    if builtin is None or "storage" not in builtin.model_fields_set:
        return
    if "size" in builtin.storage.model_fields_set:
        yield f"{field}.storage.size is ignored: volumes of Docker have no size"
    if builtin.storage.class_name:
        yield f"{field}.storage.className is ignored: {NO_CLASSES}"
