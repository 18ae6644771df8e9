"""How each part of a tracker is. The order of `PARTS` is that of cause and effect: the first that fails explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.source import OpenSky
from flighttracker_operator.manifests.ingress import GATEWAY_API
from flighttracker_operator.model.names import Component, child_name, strimzi_cluster
from flighttracker_operator.status.view import State, View, fine, waits
from flighttracker_operator.status.workloads import workload_state

WAITING_FOR_GATEWAYS: Final = "WaitingForGateways"
WAITING_FOR_FLIGHTS: Final = "WaitingForFlights"
NO_FLIGHTS: Final = "NoFlights"
UNREACHABLE: Final = "Unreachable"


def kafka(view: View) -> State:
    """Return whether Kafka takes records."""
    provider = view.tracker.spec.kafka.provider
    if provider == "builtin":
        live = view.child("StatefulSet", child_name(view.tracker, "kafka"))
        brokers = live["spec"].get("replicas", 1) if live else 1
        return workload_state(view, "kafka", "StatefulSet", "brokers", needed=brokers // 2 + 1)
    if provider == "external":
        external = view.tracker.spec.kafka.external
        words = view.numbers.waits_for.get("kafka")
        if words:
            told = f"the generators cannot use it: {words}; check spec.kafka.external and what is on the way"
            return waits(UNREACHABLE, told)
        return fine(f"others run it: {external.bootstrap_servers if external else ''}", "External")
    cluster = strimzi_cluster(view.tracker)
    return _strimzi(view.facts.strimzi_kafka, f"Kafka {cluster}")


def topic(view: View) -> State:
    """Return whether the topics exist; the generators make them where no operator does."""
    if view.tracker.spec.kafka.provider == "strimzi":
        topics = [*view.of_kind("KafkaTopic"), *view.of_kind("KafkaUser")]
        if not topics:
            return waits("NotCreated", "KafkaTopics are not created yet")
        states = [_strimzi(body, f"{body['kind']} {body['metadata']['name']}") for body in topics]
        return next((state for state in states if not state.is_fine), fine(f"{len(states)} topics and users are ready"))
    if not generator(view).is_fine:
        return waits("WaitingForGenerators", "the generators make the topics as soon as they reach Kafka")
    for words in view.numbers.waits_for.values():
        return waits("WaitingForGenerators", f"the generators wait: {words}")
    if view.numbers.has_positions is False:
        log = f"kubectl logs {child_name(view.tracker, 'generator')}-0"
        return waits("WaitingForGenerators", f"no position has reached Kafka yet; if none does: {log}")
    return fine("the generators have made the topics")


def redis(view: View) -> State:
    """Return whether Redis passes frames on."""
    if view.tracker.spec.redis.provider == "external":
        return fine("others run it", "External")
    return workload_state(view, "redis", "StatefulSet", "Redis servers")


def registry(view: View) -> State:
    """Return whether schemas can be registered: the pod, and the registry's own API when it could be asked."""
    external = view.tracker.spec.schema_registry.external
    if view.tracker.spec.schema_registry.provider == "external":
        words = view.numbers.waits_for.get("registry")
        if words:
            told = f"the generators cannot use it: {words}; check spec.schemaRegistry.external and what is on the way"
            return waits(UNREACHABLE, told)
        return fine(f"others run it: {external.url if external else ''}", "External")
    state = workload_state(view, "schema-registry", "Deployment", "registries", needed=1)
    if state.is_fine and view.numbers.registry_trouble:
        told = f"the registry runs, but does not serve schemas: {view.numbers.registry_trouble}; it needs Kafka"
        return waits("NotServing", told)
    return state


def generator(view: View) -> State:
    """Return whether positions are asked for and written."""
    return workload_state(view, "generator", "StatefulSet", "generators")


def gateway(view: View) -> State:
    """Return whether browsers can connect: one gateway shows the whole map."""
    live = view.child("Deployment", child_name(view.tracker, "gateway"))
    if live is not None and live["spec"].get("replicas", 1) == 0:
        name = view.tracker.metadata.name
        return waits("ScaledToZero", f"there are 0 gateways, so nobody can watch: kubectl scale ft/{name} --replicas=2")
    scaling = view.tracker.spec.gateway.autoscaling
    # What an autoscaler wants beyond the minimum comes and goes, and is nobody's request.
    asked = scaling.min_replicas if scaling else None
    return workload_state(view, "gateway", "Deployment", "gateways", needed=1, asked=asked)


def has_gateways(view: View) -> bool:
    """Return whether gateways are said to be ready, and so should answer."""
    return gateway(view).is_fine


def flights(view: View) -> State:
    """Return whether aircraft are on the map, as the gateways themselves say."""
    if not has_gateways(view):
        return waits(WAITING_FOR_GATEWAYS, "aircraft are shown as soon as there are gateways")
    numbers, last = view.numbers, view.last("FlightsReady")
    if not numbers.is_known:
        # An operator that has just started: what was told before it holds until the gateways are asked.
        asking = waits(WAITING_FOR_FLIGHTS, "the gateways are being asked how many aircraft they show")
        return last if last is not None and last.reason != WAITING_FOR_GATEWAYS else asking
    if numbers.aircraft is None:
        told = "the operator cannot ask the gateways how many aircraft they show, so it takes the map as it is"
        return State("Unknown", "GatewaysDoNotAnswer", f"{told}: let it reach /metrics of their pods")
    if numbers.aircraft > 0:
        return fine("aircraft are on the map")
    return _no_flights(view, last)


def _no_flights(view: View, last: State | None) -> State:
    """Return why the map is empty, as far as it can be known."""
    source = view.tracker.spec.source.chosen
    field = f"spec.source.{type(source).__name__.lower()}"
    log = f"kubectl logs {child_name(view.tracker, 'generator')}-0"
    if view.numbers.source_trouble:
        secret = f" and Secret {source.credentials_secret}" if isinstance(source, OpenSky) else ""
        told = f"no aircraft, because the source gives none ({view.numbers.source_trouble}): check {field}{secret}"
        return waits("SourceFails", f"{told}; {log}")
    if last is not None and last.reason in ("Ready", NO_FLIGHTS):
        return waits(NO_FLIGHTS, f"there is no aircraft on the map any more: check {field}; {log}")
    told = f"no aircraft yet; the source is asked every {source.interval_seconds:g} s"
    return waits(WAITING_FOR_FLIGHTS, f"{told}; if none comes: {log}")


def web(view: View) -> State:
    """Return whether the page is served."""
    spec = view.tracker.spec.web
    if not spec.enabled:
        return fine("spec.web.enabled is false", "Disabled")
    if spec.replicas == 0:
        return waits("ScaledToZero", "spec.web.replicas is 0: set it to 1 to serve the page")
    return workload_state(view, "web", "Deployment", "pods of the page", needed=1)


def ingress(view: View) -> State:
    """Return whether there is a way in from outside."""
    spec, name = view.tracker.spec.ingress, child_name(view.tracker, "web")
    if not spec.enabled:
        return fine(f"spec.ingress.enabled is false: kubectl port-forward service/{name} 8080", "Disabled")
    if view.host_holder is not None:
        host = f"host {spec.host}" if spec.host else "every host (spec.ingress.host is left out)"
        return waits(
            "HostTaken", f"{host} belongs to tracker {view.host_holder} already: choose another spec.ingress.host"
        )
    if spec.gateway_api is not None:
        return _route(view)
    if view.class_known:
        missing = _class_trouble(view.tracker, view.facts.ingress_classes, view.facts.default_ingress_class)
        if missing is not None:
            return missing
    found = view.of_component("Ingress", "ingress")
    if not found:
        return waits("NotCreated", "the Ingress is not created yet")
    address = ingress_address(found[0])
    return fine(f"reachable at {address}") if address else fine("the controller has not told an address", "NoAddress")


def ingress_address(live: Mapping[str, Any]) -> str:
    """Return the address that the controller has given an Ingress, empty when none is known."""
    given = live.get("status", {}).get("loadBalancer", {}).get("ingress") or [{}]
    return str(given[0].get("hostname") or given[0].get("ip") or "")


def _class_trouble(tracker: FlightTracker, classes: Mapping[str, str], default: str | None) -> State | None:
    known = (
        f"this cluster has {', '.join(sorted(classes))}" if classes else "this cluster has none: install a controller"
    )
    name = tracker.spec.ingress.class_name
    if name is not None and name not in classes:
        return waits("IngressClassMissing", f"there is no IngressClass {name}: {known}")
    if name is None and default is None:
        return waits("NoDefaultIngressClass", f"no IngressClass is the default: set spec.ingress.className; {known}")
    return None


def _route(view: View) -> State:
    found = view.of_component("HTTPRoute", "ingress")
    if not found:
        return waits("NotCreated", f"the HTTPRoute ({GATEWAY_API}) is not created yet")
    for parent in found[0].get("status", {}).get("parents", ()):
        for condition in parent.get("conditions", ()):
            if condition["type"] == "Accepted":
                words = condition.get("message", "")
                return (
                    fine("the Gateway took the route")
                    if condition["status"] == "True"
                    else waits("RouteRefused", f"the Gateway refused the route: {words}")
                )
    told = "no Gateway has taken the route: check spec.ingress.gatewayApi.parentRef"
    return waits("WaitingForGateway", told)


def _strimzi(live: Mapping[str, Any] | None, what: str) -> State:
    if live is None:
        return waits("NotCreated", f"{what} is not created yet")
    status = live.get("status", {})
    conditions = {condition["type"]: condition for condition in status.get("conditions", ())}
    failed = conditions.get("NotReady", {})
    if failed.get("status") == "True":
        return waits(failed.get("reason") or "NotReady", f"Strimzi says about {what}: {failed.get('message', '')}")
    seen = status.get("observedGeneration") == live["metadata"].get("generation")
    if seen and conditions.get("Ready", {}).get("status") == "True":
        return fine(f"Strimzi says that {what} is ready")
    return waits("WaitingForStrimzi", f"Strimzi is at work on {what}; is its operator running?")


PARTS: Final[Mapping[str, tuple[Component | None, Callable[[View], State]]]] = {
    "KafkaReady": ("kafka", kafka),
    "TopicReady": (None, topic),
    "RedisReady": ("redis", redis),
    "SchemaRegistryReady": ("schema-registry", registry),
    "GeneratorReady": ("generator", generator),
    "GatewayReady": ("gateway", gateway),
    "FlightsReady": (None, flights),
    "WebReady": ("web", web),
    "IngressReady": ("ingress", ingress),
}
"""Each condition beside Ready: the component whose objects and refusals count for it, and who judges it."""
