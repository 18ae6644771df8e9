"""The resource survives writing and reading; every field has a description, and every list and text a bound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import SpecError
from flighttracker.spec import FlightTracker, parse_tracker, read_tracker, write_tracker

EXAMPLES = sorted((Path(__file__).parents[4] / "examples").glob("*.yaml"))

names = st.from_regex(r"[a-z]([-a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)
quantities = st.sampled_from(["500m", "2", "256Mi", "1.5Gi", "10Gi"])
urls = st.sampled_from(["http://localhost:8080/a", "https://example.org/data/aircraft.json?x=1"])
texts = st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=40), max_size=4)
positive = st.floats(min_value=1, max_value=200, allow_nan=False)


def blocks(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def provided(builtin: st.SearchStrategy[Any], external: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries({"provider": st.just("builtin"), "builtin": builtin}),
        st.fixed_dictionaries({"provider": st.just("external"), "external": external}),
    )


resources = blocks(
    requests=blocks(cpu=quantities | st.integers(1, 9), memory=quantities),
    limits=blocks(memory=st.sampled_from(["10Gi", "20Gi"])),
)
boxes = st.fixed_dictionaries(
    {"south": st.floats(-90, 0), "north": st.floats(1, 90), "west": st.floats(-180, 0), "east": st.floats(1, 180)}
)
sources = st.one_of(
    st.just({}),
    blocks(
        simulated=blocks(
            aircraft=st.integers(1, 100_000),
            countries=st.dictionaries(st.from_regex(r"[A-Z]{2}", fullmatch=True), st.floats(0.5, 9), max_size=5),
            seed=st.integers(0, 2**32 - 1),
            intervalSeconds=positive,
        )
    ),
    blocks(opensky=blocks(credentialsSecret=names, bbox=boxes, url=urls)),
    st.fixed_dictionaries({"readsb": st.fixed_dictionaries({"url": urls})}),
)
gateways = blocks(
    auth=st.sampled_from(
        [{"mode": "token", "token": {"hs256Secret": "keys", "audience": "map"}}, {"mode": "none"}, {}]
    ),
    allowedOrigins=st.lists(st.sampled_from(["*", "https://a.example"]), max_size=3),
    limits=blocks(maxConnections=st.integers(1, 9999), maxMessagesPerSecond=positive),
    resources=resources,
    autoscaling=blocks(minReplicas=st.integers(1, 5), maxReplicas=st.integers(5, 100)),
)
receivers = st.fixed_dictionaries(
    {"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)}, optional={"name": st.text(max_size=64)}
)
specs = blocks(
    source=sources,
    kafka=provided(
        blocks(replicas=st.sampled_from([1, 3]), storage=blocks(size=quantities)),
        st.just({"bootstrapServers": "kafka-0:9092,kafka-1:9092"}),
    ),
    redis=provided(blocks(resources=resources), st.just({"urlSecret": "redis"})),
    gateway=gateways,
    web=blocks(
        tilesAttribution=st.text(max_size=40), defaultView=blocks(latitude=st.floats(-85, 85)), receiver=receivers
    ),
    ingress=blocks(enabled=st.booleans(), host=st.just("map.example.org"), annotations=texts),
    podTemplate=blocks(
        labels=texts,
        affinity=st.just({"nodeAffinity": {"weights": [1, {"a": "b"}]}}),
        tolerations=st.lists(blocks(key=names, operator=st.sampled_from(["Exists", "Equal"])), max_size=3),
    ),
    paused=st.booleans(),
)


def resource(spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "flighttracker.io/v1alpha1",
        "kind": "FlightTracker",
        "metadata": {"name": "a", "namespace": "flights"},
        "spec": spec,
    }


@given(specs)
@settings(deadline=None, max_examples=150)
def test_a_tracker_that_is_written_reads_back_equal(spec: dict[str, Any]) -> None:
    tracker = read_tracker(resource(spec))
    assert parse_tracker(write_tracker(tracker), source="written") == tracker


@given(st.text(alphabet=st.sampled_from("abc: -{}[]'\"\n\t#&*!|>%@0.1\0é"), max_size=60))
@settings(deadline=None)
def test_any_text_is_a_tracker_or_a_spec_error(text: str) -> None:
    with suppress(SpecError):
        parse_tracker(text, source="fuzz")


def test_empty_spec_is_the_default_tracker() -> None:
    tracker = read_tracker(resource({}))
    assert tracker.spec.source.chosen.interval_seconds == 15
    assert tracker.spec.kafka.copies == 1
    assert read_tracker({key: value for key, value in resource({}).items() if key != "spec"}) == tracker


def test_fields_that_the_api_server_adds_are_ignored() -> None:
    live = resource({}) | {"status": {"observedGeneration": 3}}
    live["metadata"] |= {"uid": "1", "resourceVersion": "2", "managedFields": [], "annotations": {"a": "b" * 9000}}
    assert read_tracker(live).spec == read_tracker(resource({})).spec


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_valid(path: Path) -> None:
    tracker = parse_tracker(path.read_text(encoding="utf-8"), source=path.name)
    assert parse_tracker(write_tracker(tracker), source="written") == tracker


def test_examples_are_found() -> None:
    assert {path.stem for path in EXAMPLES} >= {
        "autoscaling",
        "external",
        "minimal",
        "opensky",
        "readsb",
        "strimzi",
        "tls",
    }


def _members(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for model, definition in schema["$defs"].items():
        for name, member in definition["properties"].items():
            # A description that equals the model's is only in the model.
            model_of_member = schema["$defs"].get(member.get("$ref", "").rpartition("/")[2], {})
            yield f"{model}.{name}", {"description": model_of_member.get("description", ""), **member}


@pytest.mark.parametrize(("field", "schema"), list(_members(FlightTracker.model_json_schema())))
def test_every_field_has_a_description_and_a_bound(field: str, schema: dict[str, Any]) -> None:
    assert len(schema.get("description", "")) > 5, f"{field} has no description"
    if field.startswith("Metadata."):
        return
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    for option in options:
        match option.get("type"):
            case "integer" | "number":
                assert "enum" in option or {"minimum", "exclusiveMinimum"} & option.keys(), (
                    f"{field} has no least value"
                )
                assert "enum" in option or "maximum" in option, f"{field} has no greatest value"
            case "string":
                assert {"maxLength", "enum", "const"} & option.keys(), f"{field} is text without a bound"
            case "array":
                assert "maxItems" in option, f"{field} is a list without a bound"
            case "object":
                assert "maxProperties" in option, f"{field} is a mapping without a bound"


def test_fields_of_a_newer_crd_are_ignored_only_on_request() -> None:
    head = {"apiVersion": "flighttracker.io/v1beta1", "kind": "FlightTracker", "metadata": {"name": "a"}}
    sources = [{"name": "roof", "readsb": {"url": "http://pi/a.json", "later": 1}}]
    resource: dict[str, Any] = {
        **head,
        "spec": {"web": {"replicas": 3, "fromTheFuture": {"a": 1}}, "sources": sources, "later": 1},
    }
    with pytest.raises(SpecError, match=r"spec\.web\.fromTheFuture is not a field"):
        read_tracker(resource)
    ignored: list[str] = []
    read = read_tracker(resource, ignored=ignored)
    assert sorted(ignored) == ["spec.later", "spec.sources[0].readsb.later", "spec.web.fromTheFuture"]
    assert read.spec.web.replicas == 3
    assert "fromTheFuture" in resource["spec"]["web"], "the argument is not changed"
    with pytest.raises(SpecError, match=r"spec\.web\.replicas"):
        read_tracker({**head, "spec": {"web": {"replicas": "x", "later": 1}}}, ignored=[])


def test_an_unknown_field_in_the_template_of_a_part_stays_a_mistake() -> None:
    """The API server keeps it, and adds no defaults there."""
    resource = {
        "apiVersion": "flighttracker.io/v1beta1",
        "kind": "FlightTracker",
        "metadata": {"name": "demo"},
        "spec": {"future": 1, "gateway": {"podTemplate": {"tolerationz": []}}},
    }
    with pytest.raises(SpecError, match=r"spec\.gateway\.podTemplate\.tolerationz is not a field"):
        read_tracker(resource, ignored=[])
