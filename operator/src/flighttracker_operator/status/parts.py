"""The state of each part of a tracker.

`PARTS` lists causes before their effects, so the first part that fails explains those after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from flighttracker.plan_history import history_prefix
from flighttracker.spec.history import HistoryBucket
from flighttracker_operator.manifests.log_bounds import log_bounds
from flighttracker_operator.manifests.volumes import CLAIM
from flighttracker_operator.model.names import Component, child_name, strimzi_cluster
from flighttracker_operator.status.ingress import ingress
from flighttracker_operator.status.view import State, View, false_state, true_state
from flighttracker_operator.status.workloads import DEGRADED, UPDATING, workload_state

WAITING_FOR_GATEWAYS: Final = "WaitingForGateways"
WAITING_FOR_FLIGHTS: Final = "WaitingForFlights"
NO_FLIGHTS: Final = "NoFlights"
UNREACHABLE: Final = "Unreachable"
NEARLY_FULL: Final = "VolumeNearlyFull"
"""Reason of a Kafka that works, but soon stops when a volume is full."""
SOURCES: Final = "SourcesReady"
HISTORY: Final = "HistoryReady"
"""Only of trackers that keep a history."""
SOURCE_PROBLEMS: Final[Mapping[str, State]] = {
    "late": false_state("SourceLate", "has not answered for three intervals"),
    "stopped": false_state("SourceStopped", "has stopped: its answers no longer change"),
    "refused": false_state("SourceRefused", "rejects our requests: its account is wrong, missing or not allowed"),
    "rate_limited": false_state("SourceRateLimited", "asked for a pause"),
    "unreachable": false_state("SourceUnreachable", "cannot be reached"),
    "failing": false_state("SourceFailing", "gives no usable answers"),
}
"""By state of a source that is a problem: the condition, whose message continues the name of the source."""


def kafka(view: View) -> State:
    """Return whether Kafka accepts records, and whether its volumes are nearly full."""
    state = _kafka(view)
    if not state.is_true or state.reason in (DEGRADED, UPDATING):
        return state
    last = view.last("KafkaReady")
    if not view.numbers.is_known and last is not None and last.is_true and last.reason == NEARLY_FULL:
        return last  # the operator restarted, and no gateway has responded yet
    full = view.numbers.full_volumes
    if not full:
        return state
    broker, percent = max(full.items(), key=lambda found: found[1])
    provider = view.tracker.spec.kafka.provider
    fix = (
        "delete what else is on it, or enlarge it"
        if provider == "external" or log_bounds(view.tracker.spec.kafka) is None
        else f"raise spec.kafka.{provider}.storage.size"
    )
    message = f"the volume of Kafka broker {broker} is {percent} % full: {fix}; a full one stops the broker"
    return true_state(f"{message}; {state.message}", NEARLY_FULL)


def _kafka(view: View) -> State:
    provider = view.tracker.spec.kafka.provider
    if provider == "builtin":
        live = view.child("StatefulSet", child_name(view.tracker, "kafka"))
        brokers = live["spec"].get("replicas", 1) if live else 1
        return workload_state(view, "kafka", "StatefulSet", "brokers", needed=brokers // 2 + 1)
    if provider == "external":
        external = view.tracker.spec.kafka.external
        error = view.numbers.waits_for.get("kafka")
        if error:
            message = f"the generators cannot use Kafka: {error}; check spec.kafka.external and the network"
            return false_state(UNREACHABLE, message)
        return true_state(f"external Kafka at {external.bootstrap_servers if external else ''}", "External")
    cluster = strimzi_cluster(view.tracker)
    return _strimzi(view.facts.strimzi_kafka, f"Kafka {cluster}")


def topic(view: View) -> State:
    """Return whether the topics exist; without Strimzi, the generators' pods create them."""
    if view.tracker.spec.kafka.provider == "strimzi":
        topics = [*view.of_kind("KafkaTopic"), *view.of_kind("KafkaUser")]
        if not topics:
            return false_state("NotCreated", "KafkaTopics are not created yet")
        states = [_strimzi(body, f"{body['kind']} {body['metadata']['name']}") for body in topics]
        return next(
            (state for state in states if not state.is_true), true_state(f"{len(states)} topics and users are ready")
        )
    if not generator(view).is_true:
        return false_state("WaitingForGenerators", "the generators create the topics when they reach Kafka")
    for error in view.numbers.waits_for.values():
        return false_state("WaitingForGenerators", f"the generators are waiting: {error}")
    if view.numbers.has_positions is False:
        log = f"kubectl logs {child_name(view.tracker, 'generator')}-0"
        return false_state("WaitingForGenerators", f"no position has reached Kafka yet; if this persists: {log}")
    return true_state("the generators have created the topics")


def redis(view: View) -> State:
    """Return whether Redis relays frames."""
    if view.tracker.spec.redis.provider == "external":
        return true_state("external Redis", "External")
    return workload_state(view, "redis", "StatefulSet", "Redis servers")


def registry(view: View) -> State:
    """Return whether schemas can be registered: the state of the pod, and the last response of the registry's API."""
    external = view.tracker.spec.schema_registry.external
    if view.tracker.spec.schema_registry.provider == "external":
        error = view.numbers.waits_for.get("registry")
        if error:
            message = (
                f"the generators cannot use the registry: {error}; check spec.schemaRegistry.external and the network"
            )
            return false_state(UNREACHABLE, message)
        return true_state(f"external registry at {external.url if external else ''}", "External")
    state = workload_state(view, "schema-registry", "Deployment", "registries", needed=1)
    if state.is_true and view.numbers.registry_error:
        message = f"the registry is running but does not serve schemas: {view.numbers.registry_error}; it needs Kafka"
        return false_state("NotServing", message)
    return state


def generator(view: View) -> State:
    """Return whether all generators are ready."""
    return workload_state(view, "generator", "StatefulSet", "generators")


def sources(view: View) -> State:
    """Return whether every source sends positions. It does not affect Ready: the map shows what the others send."""
    states = view.numbers.sources
    if not states:
        last = view.last(SOURCES)
        waiting = State("Unknown", "WaitingForGenerators", "waiting for the generators to report their sources")
        return waiting if last is None else last
    spec = view.tracker.spec
    problems = [(name, SOURCE_PROBLEMS[state]) for name, state in sorted(states.items()) if state in SOURCE_PROBLEMS]
    if problems:
        fields = {source.name: f"spec.sources[{number}]" for number, source in enumerate(spec.sources)}
        listed = "; ".join(
            f"source {name} {problem.message}{_until(view, name)} (check {fields.get(name, 'spec.source')})"
            for name, problem in problems
        )
        return false_state(problems[0][1].reason, f"{listed}; kubectl logs {child_name(view.tracker, 'generator')}-0")
    starting = [name for name, state in sorted(states.items()) if state == "starting"]
    if starting:
        return State("Unknown", "SourcesStarting", f"no answer yet of {', '.join(starting)}")
    return true_state("the source sends positions" if len(states) == 1 else f"all {len(states)} sources send positions")


def _until(view: View, source: str) -> str:
    """Return when the pause of a source ends, as words; empty if it has none."""
    end_s = view.numbers.source_pauses.get(source)
    is_paused = end_s is not None and view.numbers.sources.get(source) == "rate_limited"
    return f" until {datetime.fromtimestamp(end_s, UTC):%Y-%m-%d %H:%M} UTC" if end_s and is_paused else ""


def gateway(view: View) -> State:
    """Return whether browsers can connect; one ready gateway is enough, because each has the whole map."""
    live = view.child("Deployment", child_name(view.tracker, "gateway"))
    if live is not None and live["spec"].get("replicas", 1) == 0:
        name = view.tracker.metadata.name
        message = f"the gateways are scaled to 0, so the map is unavailable: kubectl scale ft/{name} --replicas=2"
        return false_state("ScaledToZero", message)
    scaling = view.tracker.spec.gateway.autoscaling
    # Replicas that an autoscaler adds above the minimum are temporary and not required for Ready.
    requested = scaling.min_replicas if scaling else None
    state = workload_state(view, "gateway", "Deployment", "gateways", needed=1, requested=requested)
    error = autoscaler_error(view)
    return true_state(f"{error}; {state.message}", "AutoscalerFails") if state.reason == "Ready" and error else state


def autoscaler_error(view: View) -> str:
    """Return why the autoscaler does not scale the gateways; empty if it does, or has not reported yet."""
    name = child_name(view.tracker, "gateway")
    for kind, failing in (("HorizontalPodAutoscaler", {"ScalingActive", "AbleToScale"}), ("ScaledObject", {"Ready"})):
        live = view.child(kind, name) or {}
        for condition in (live.get("status") or {}).get("conditions") or ():
            if condition["type"] in failing and condition["status"] == "False":
                error = f"{condition.get('reason', '')}: {condition.get('message', '')}".strip(": ")
                fix = (
                    "install metrics-server" if "ResourceMetric" in error else f"kubectl describe {kind.lower()} {name}"
                )
                return f"the number of gateways does not follow the load, because {kind} {name} reports {error} ({fix})"
    return ""


def has_gateways(view: View) -> bool:
    """Return whether a gateway is ready, and so should respond to a probe."""
    return gateway(view).is_true


def flights(view: View) -> State:
    """Return whether the gateways report aircraft."""
    if not has_gateways(view):
        return false_state(WAITING_FOR_GATEWAYS, "waiting for a ready gateway")
    numbers, last = view.numbers, view.last("FlightsReady")
    if not numbers.is_known:
        # After a restart of the operator, the previous condition is kept until the gateways have responded.
        pending = false_state(WAITING_FOR_FLIGHTS, "waiting for the gateways to report their aircraft")
        return last if last is not None and last.reason != WAITING_FOR_GATEWAYS else pending
    if numbers.aircraft is None:
        message = "the operator cannot read the number of aircraft: allow it to reach /metrics of the gateways' pods"
        return State("Unknown", "GatewaysDoNotAnswer", message)
    if numbers.aircraft > 0:
        return true_state("aircraft are on the map")
    return _no_flights(view, last)


def _no_flights(view: View, last: State | None) -> State:
    """Return the most likely reason for an empty map."""
    spec = view.tracker.spec
    field = "spec.sources" if spec.sources else f"spec.source.{spec.source.kind_name}"
    log = f"kubectl logs {child_name(view.tracker, 'generator')}-0"
    if view.numbers.source_error:
        used = sorted(spec.source_secrets)
        secrets = f" and Secret{'s' if len(used) > 1 else ''} {', '.join(used)}" if used else ""
        message = f"no aircraft, because the source fails ({view.numbers.source_error}): check {field}{secrets}"
        return false_state("SourceFails", f"{message}; {log}")
    if last is not None and last.reason in ("Ready", NO_FLIGHTS):
        return false_state(NO_FLIGHTS, f"the map no longer shows any aircraft: check {field}; {log}")
    message = f"no aircraft yet; the source is polled every {spec.longest_interval_seconds:g} s"
    return false_state(WAITING_FOR_FLIGHTS, f"{message}; if this persists: {log}")


def history(view: View) -> State:
    """Return whether the past is kept, where, and what happens to it when the tracker is deleted."""
    wanted = view.tracker.spec.history
    bucket = wanted.storage.s3
    kind: Literal["StatefulSet", "Deployment"] = "StatefulSet" if bucket is None else "Deployment"
    state = workload_state(view, "historian", kind, "historians", needed=1)
    if not state.is_true or state.reason in (DEGRADED, UPDATING):
        return state
    numbers, last = view.numbers.history, view.last(HISTORY)
    if numbers is None and last is not None and last.is_true and last.reason == NEARLY_FULL:
        return last  # the operator restarted, and no historian has responded yet
    where = "their volume" if bucket is None else "the bucket"
    if numbers is not None and numbers.fails_to_write:
        message = f"the historians cannot write to {where}: kubectl logs {kind.lower()}/{_name(view)}"
        return false_state(
            "HistoryNotWritten", f"{message}; positions are lost when Kafka no longer has them" + _fix(bucket)
        )
    kept = _kept(view, bucket)
    if numbers is not None and numbers.full_percent is not None:
        message = f"the volume of the history is {numbers.full_percent} % full: raise spec.history.storage.volume.size"
        return true_state(f"{message}, or lower spec.history.sizeLimit; {kept}", NEARLY_FULL)
    return true_state(kept)


def _name(view: View) -> str:
    return child_name(view.tracker, "historian")


def _fix(bucket: HistoryBucket | None) -> str:
    if bucket is None:
        return ""
    secret = f" and Secret {bucket.credentials_secret}" if bucket.credentials_secret else ""
    return f"; check spec.history.storage.s3{secret}"


def _kept(view: View, bucket: HistoryBucket | None) -> str:
    retention, place = view.tracker.spec.history.retention, history_store(view)
    if bucket is not None:
        return f"{retention} are kept in {place}; the files stay there when the tracker is deleted"
    volume = view.tracker.spec.history.volume
    stays = volume is not None and volume.reclaim == "Retain"
    fate = "stays when the tracker is deleted" if stays else "is deleted with the tracker (reclaim: Delete)"
    return f"{retention} are kept on {place}, which {fate}"


def history_store(view: View) -> str:
    """Return the volume claim or the bucket with the files of the history."""
    bucket = view.tracker.spec.history.storage.s3
    if bucket is not None:
        return f"s3://{bucket.bucket}/{history_prefix(view.tracker, bucket)}"
    return f"volume claim {CLAIM}-{_name(view)}-0"


def web(view: View) -> State:
    """Return whether the page is served."""
    spec = view.tracker.spec.web
    if not spec.enabled:
        return true_state("spec.web.enabled is false", "Disabled")
    if spec.replicas == 0:
        return false_state("ScaledToZero", "spec.web.replicas is 0: set it to 1 to serve the page")
    return workload_state(view, "web", "Deployment", "page pods", needed=1)


def _strimzi(live: Mapping[str, Any] | None, what: str) -> State:
    if live is None:
        return false_state("NotCreated", f"{what} is not created yet")
    status = live.get("status", {})
    conditions = {condition["type"]: condition for condition in status.get("conditions", ())}
    failed = conditions.get("NotReady", {})
    if failed.get("status") == "True":
        return false_state(
            failed.get("reason") or "NotReady", f"Strimzi reports for {what}: {failed.get('message', '')}"
        )
    seen = status.get("observedGeneration") == live["metadata"].get("generation")
    if seen and conditions.get("Ready", {}).get("status") == "True":
        return true_state(f"Strimzi reports that {what} is ready")
    message = f"Strimzi has not reported {what} as ready; if this persists, check that its operator is running"
    return false_state("WaitingForStrimzi", message)


PARTS: Final[Mapping[str, tuple[Component | None, Callable[[View], State]]]] = {
    "KafkaReady": ("kafka", kafka),
    "TopicReady": (None, topic),
    "RedisReady": ("redis", redis),
    "SchemaRegistryReady": ("schema-registry", registry),
    "GeneratorReady": ("generator", generator),
    SOURCES: (None, sources),
    "GatewayReady": ("gateway", gateway),
    "FlightsReady": (None, flights),
    HISTORY: ("historian", history),
    "WebReady": ("web", web),
    "IngressReady": ("ingress", ingress),
}
"""By type of a condition, except Ready: the component whose objects and refusals affect it, and its function."""
