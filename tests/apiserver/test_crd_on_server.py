"""Every constraint of the CRD on a real API server, with one accepted and one rejected value.

The values for bounds, patterns and enumerations are generated from the CRD, so none is missed. The examples of rules
over several fields are in `rule_examples.py`. All requests are dry runs, except those for rules about updates.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from flighttracker_operator.crd import custom_resource_definition
from tests.apiserver.api_server import ApiError, ApiServer
from tests.apiserver.field_surroundings import SURROUNDINGS
from tests.apiserver.rule_example import Example
from tests.apiserver.rule_examples import EXAMPLES

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

ROOT = Path(__file__).parents[2]
STORED = "flighttracker.io/v1alpha1"
NEWEST = "flighttracker.io/v1beta1"
TRACKERS = f"/apis/{STORED}/namespaces/default/flighttrackers"
NEWEST_TRACKERS = f"/apis/{NEWEST}/namespaces/default/flighttrackers"
STRICT = "dryRun=All&fieldValidation=Strict"
SPEC = custom_resource_definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
Json = dict[str, Any]


BESIDE_VALUES: Mapping[tuple[str, str], Json] = {
    ("kafka.provider", "external"): {"kafka": {"external": {"bootstrapServers": "kafka:9092"}}},
    ("redis.provider", "external"): {"redis": {"external": {"urlSecret": "redis"}}},
    ("schemaRegistry.provider", "external"): {"schemaRegistry": {"external": {"url": "http://registry"}}},
    ("gateway.auth.mode", "none"): {},
}
"""The same for single values of a field."""

REACHABLE = {
    "source.simulated.intervalSeconds": 3599.5,
    "source.opensky.intervalSeconds": 3599.5,
    "source.readsb.intervalSeconds": 3599.5,
    "source.virtualRadar.intervalSeconds": 3599.5,
    "source.vatsim.intervalSeconds": 3599.5,
    "source.opensky.bbox.south": 89.999,
    "source.opensky.bbox.north": -89.999,
}
REACHABLE |= {path.replace("source.", "sources[].", 1): value for path, value in REACHABLE.items()}
"""The most extreme values of fields that cannot reach their own bound because of rules over several fields."""

TEXTS: Mapping[str, tuple[str, str]] = {
    "userAgent": ("map (me@a.org)", " map"),
    "headers{}": ("a b", "a\n"),
    "header": ("X-API-Key", "X Key"),
    "query": ("key", "a=b"),
    "size": ("10Gi", "10 GB"),
    "sizeLimit": ("10Gi", "10 GB"),
    "retention": ("7d", "7x"),
    "endpoint": ("https://a.example:9000", "https://a.example/b"),
    "bucket": ("flights", "Flights"),
    "prefix": ("a/b", "/a"),
    "cpu": ("500m", "half"),
    "memory": ("256Mi", "256MB"),
    "url": ("https://a.example/b", "a.example"),
    "jwksUrl": ("https://a.example/b", "ftp://a.example"),
    "httpProxy": ("http://proxy:3128", "proxy:3128"),
    "httpsProxy": ("http://proxy:3128", "proxy:3128"),
    "otlpEndpoint": ("http://collector:4318", "collector:4318"),
    "basePath": ("/maps", "maps"),
    "tilesUrl": ("https://tiles/{z}/{x}/{y}.png", "tiles/{z}"),
    "web.baseMaps[].url": ("/maps/europe.pmtiles?", "/maps/{x}/{y}.png"),
    "web.overlays[].url": ("/overlays/a.kml", "//elsewhere.example/a.kml"),
    "web.photos.url": ("https://photos.example.org/{icao24}.jpg", "https://photos.example.org/all.jpg"),
    "web.photos.pageUrl": ("https://photos.example.org/{registration}", "http://photos.example.org/{registration}"),
    "loadBalancerClass": ("service.k8s.aws/nlb", "nlb/"),
    "host": ("flights.example.org", "https://flights.example.org"),
    "bootstrapServers": ("a:1,b:2", "a"),
    "version": ("4.1.1", "4.1"),
    "allowedOrigins[]": ("https://a.example", "https://a.example/path"),
    "trustedProxies[]": ("10.0.0.0/8", "proxy"),
    "loadBalancerSourceRanges[]": ("10.0.0.0/8", "office"),
    "allowedNetworks[]": ("10.0.0.0/8", "lan"),
    "connect": ("pi.local:30005", "pi.local"),
}
"""A text that matches the field's pattern and one that does not, by name or path; the other patterns are those of
object names."""

IMAGES = ("example.org/team/image:1.2", "-image")


class Case(NamedTuple):
    """One constraint: its path, an accepted value, a rejected value, and a part of the error message."""

    path: str
    good: object
    bad: object
    words: str

    def __str__(self) -> str:
        return f"{self.path}-{self.words}".replace(" ", "_")


def fields(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, member in schema.get("properties", {}).items():
        inner = f"{path}.{name}".lstrip(".")
        yield inner, member
        yield from fields(member, inner)
    for word, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if word in schema:
            yield path + mark, schema[word]
            yield from fields(schema[word], path + mark)


def cases() -> Iterator[Case]:
    for path, schema in fields(SPEC):
        yield from _cases_of(path, schema)


def _cases_of(path: str, schema: Mapping[str, Any]) -> Iterator[Case]:
    step = 1 if schema.get("type") == "integer" else 0.001
    if "minimum" in schema:
        low, outside = schema["minimum"], schema["minimum"] - step
        if schema.get("exclusiveMinimum"):
            low, outside = schema["minimum"] + step, schema["minimum"]
        yield Case(path, REACHABLE.get(path, low) if path.endswith("north") else low, outside, "should be greater than")
    if "maximum" in schema:
        yield Case(path, _highest(path, schema), schema["maximum"] + step, "should be less than or equal to")
    for value in schema.get("enum", ()):
        yield Case(path, value, "nothing of this" if isinstance(value, str) else 77, "Unsupported value")
    if "pattern" in schema:
        good, bad = _texts(path)
        yield Case(path, good, bad, "should match")
    elif schema.get("type") == "string" and "enum" not in schema:
        yield Case(path, "a" * schema["maxLength"], "a" * (schema["maxLength"] + 1), "may not be more than")
    if "pattern" in schema and "maxLength" in schema:
        good, _ = _texts(path)
        fill = _filled(good, schema["maxLength"] + 1, path)
        yield Case(path, good, fill, "may not be more than")
    if "maxItems" in schema:
        most = schema["maxItems"]
        yield Case(path, _items(path, schema, most), _items(path, schema, most + 1), "must have at most")
    if "maxProperties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        most = schema["maxProperties"]
        member = 1 if schema["additionalProperties"]["type"] == "number" else "a"
        yield Case(path, _mapping(most, member), _mapping(most + 1, member), "must have at most")
    for missing in schema.get("required", ()):
        whole = _surrounding_member(path)
        yield Case(path, whole, {key: value for key, value in whole.items() if key != missing}, "Required value")
    kinds: Mapping[str, object] = {"integer": "1", "number": "1", "boolean": "true", "string": 1}
    if schema.get("type") in kinds and "enum" not in schema:
        typical = _plain(path, schema)
        yield Case(path, typical, kinds[schema["type"]], "must be of type")


def _highest(path: str, schema: Mapping[str, Any]) -> object:
    return schema["maximum"] if path.endswith("north") else REACHABLE.get(path, schema["maximum"])


def _texts(path: str) -> tuple[str, str]:
    if path.startswith("podTemplate.imageOverrides.") or path.endswith("ontainers[].image"):
        return IMAGES
    return TEXTS.get(path) or TEXTS.get(path.rpartition(".")[2], ("a-name", "No_Name"))


def _filled(good: str, length: int, path: str) -> str:
    if path.endswith((".size", ".sizeLimit", ".cpu", ".memory")):
        return "1" * length
    if path.endswith("bootstrapServers"):
        return ("a" * length + ":1")[-length:]
    return good + "a" * (length - len(good))


def _items(path: str, schema: Mapping[str, Any], count: int) -> list[object]:
    if path == "sources":
        return [{"name": f"a{number}", "simulated": {}} for number in range(count)]
    if path.endswith("ontainers"):
        return [{"name": f"a{number}", "image": "a"} for number in range(count)]
    if path in ("web.baseMaps", "web.overlays"):
        return [{"name": "a", "url": "/a.pmtiles"}] * count
    return [_item(path, schema["items"])] * count


def _item(path: str, schema: Mapping[str, Any]) -> object:
    if schema["type"] == "object":
        return {}
    return _texts(f"{path}[]")[0] if "pattern" in schema else "a"


def _mapping(count: int, value: object) -> Json:
    letters = [chr(65 + number) for number in range(26)]
    return {letters[number // 26] + letters[number % 26]: value for number in range(count)}


def _plain(path: str, schema: Mapping[str, Any]) -> object:
    if "minimum" in schema:
        return _highest(path, schema)
    if schema["type"] == "boolean":
        return True
    return _texts(path)[0] if "pattern" in schema else "a"


def _surroundings(path: str, value: object = None) -> Json:
    if isinstance(value, str) and (path, value) in BESIDE_VALUES:
        return _copy(BESIDE_VALUES[path, value])
    fits = [place for place in SURROUNDINGS if path == place or path.startswith((f"{place}.", f"{place}["))]
    return _copy(SURROUNDINGS[max(fits, key=len)]) if fits else {}


def _copy(value: Json) -> Json:
    copied: Json = copy.deepcopy(value)
    return copied


def _surrounding_member(path: str) -> Json:
    value: Any = _surroundings(path)
    for part in path.replace("[]", ".[]").split("."):
        value = value[0] if part == "[]" else value.get(part, {})
    return dict(value)


def spec_with(path: str, value: object) -> Json:
    """Return a spec with a value at a path, and with the other fields that it needs."""
    spec = _surroundings(path, value)
    here: Any = spec
    parts = path.replace("[]", ".[]").replace("{}", ".{}").split(".")
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        following = "" if last else parts[number + 1]
        if part == "[]":
            if last or not here:
                here[:] = [value if last else {}]
            here = here[-1]
        else:
            name = "DE" if part == "{}" else part
            empty: object = [] if following == "[]" else {}
            here[name] = value if last else here.get(name, empty)
            here = here[name]
    return spec


def tracker(spec: Json, name: str = "example") -> Json:
    return {"apiVersion": STORED, "kind": "FlightTracker", "metadata": {"name": name}, "spec": spec}


def refusal(server: ApiServer, spec: Json, name: str = "example") -> str:
    with pytest.raises(ApiError) as caught:
        server.request("POST", f"{TRACKERS}?{STRICT}", tracker(spec, name))
    assert caught.value.code in (400, 422)
    return caught.value.message


def key_of(path: str) -> str:
    return path.replace("[]", "[0]").replace("{}", ".DE")


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_a_constraint_accepts_its_bound_and_rejects_values_beyond(api_server: ApiServer, case: Case) -> None:
    api_server.request("POST", f"{TRACKERS}?{STRICT}", tracker(spec_with(case.path, case.good)))
    message = refusal(api_server, spec_with(case.path, case.bad))
    assert f"spec.{key_of(case.path)}" in message
    assert case.words in message


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.before is None], ids=str)
def test_a_violated_rule_over_several_fields_is_reported(api_server: ApiServer, example: Example) -> None:
    api_server.request("POST", f"{TRACKERS}?{STRICT}", tracker(example.good))
    message = refusal(api_server, example.bad)
    assert f"{example.at}.{example.path}: " in message
    assert example.words in message
    assert "s3cret" not in message


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.before is not None], ids=str)
def test_a_rule_about_updates(api_server: ApiServer, example: Example) -> None:
    path = f"{TRACKERS}/{(name := f'change-{uuid.uuid4().hex[:8]}')}"
    merge = "application/merge-patch+json"
    api_server.request("POST", TRACKERS, tracker(example.before or {}, name))
    with pytest.raises(ApiError) as caught:
        api_server.request("PATCH", path, {"spec": example.bad}, content_type=merge)
    assert f"{example.at}.{example.path}: " in caught.value.message
    assert example.words in caught.value.message
    api_server.request("PATCH", path, {"spec": example.good}, content_type=merge)
    api_server.request("DELETE", path)


def test_a_volume_that_would_shrink_to_the_default_is_rejected(api_server: ApiServer) -> None:
    path = f"{TRACKERS}/left-out"
    api_server.request("POST", TRACKERS, tracker({"kafka": {"builtin": {"storage": {"size": "20Gi"}}}}, "left-out"))
    with pytest.raises(ApiError, match=r"storage\.size cannot shrink"):
        api_server.request(
            "PATCH", path, {"spec": {"kafka": {"builtin": None}}}, content_type="application/merge-patch+json"
        )
    api_server.request("DELETE", path)


@pytest.mark.parametrize("name", ["a" * 41, "with.dots", "9to5"])
def test_names_that_children_cannot_have_are_rejected(api_server: ApiServer, name: str) -> None:
    assert "metadata.name must be" in refusal(api_server, {}, name)
    api_server.request("POST", f"{TRACKERS}?{STRICT}", tracker({}, "a" * 40))


def test_an_unknown_field_is_named(api_server: ApiServer) -> None:
    assert 'unknown field "spec.gateway.replica"' in refusal(api_server, {"gateway": {"replica": 1}})


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_is_accepted(api_server: ApiServer, path: Path) -> None:
    resource = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert resource["apiVersion"] == NEWEST
    api_server.request("POST", f"{NEWEST_TRACKERS}?{STRICT}", resource)


@pytest.mark.parametrize("spec", [{}, None], ids=["empty", "absent"])
def test_an_empty_tracker_has_every_default(api_server: ApiServer, spec: Json | None) -> None:
    resource = tracker({})
    if spec is None:
        del resource["spec"]
    stored = api_server.request("POST", f"{TRACKERS}?{STRICT}", resource)
    assert stored["spec"]["kafka"] == {"partitions": 6, "provider": "builtin", "retentionMinutes": 60}
    assert stored["spec"]["gateway"]["replicas"] == 2
    assert stored["spec"]["gateway"]["limits"]["maxConnections"] == 10_000


def test_scaling_sets_the_gateways(api_server: ApiServer) -> None:
    path = f"{TRACKERS}/scaled"
    api_server.request("POST", TRACKERS, tracker({}, "scaled"))
    scale = api_server.request("GET", f"{path}/scale")
    scale["spec"]["replicas"] = 5
    api_server.request("PUT", f"{path}/scale", scale)
    assert api_server.request("GET", path)["spec"]["gateway"]["replicas"] == 5
    api_server.request("DELETE", path)
