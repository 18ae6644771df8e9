"""Whatever JSON is at any place of a `podTemplate`, it is accepted or rejected with words, and never an error."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import SpecError
from flighttracker_operator.manifests import refusals
from flighttracker_operator.model.policy import RESTRICTED_VOLUMES, Policy
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, tracker
from tests.unit.operator.policy.policy_cases import judged

Path = tuple[str | int, ...]

CONTEXT: dict[str, Any] = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
    "appArmorProfile": {"type": "RuntimeDefault"},
    "seLinuxOptions": {"type": "container_t", "user": "", "role": ""},
    "windowsOptions": {"hostProcess": False},
}
HANDLER = {"httpGet": {"host": "a", "port": 1}, "tcpSocket": {"host": "a"}, "exec": {"command": ["a"]}}
SECRET = {"name": "offered", "items": [{"key": "a", "path": "a"}]}
CONTAINER: dict[str, Any] = {
    "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "offered", "key": "a"}}}],
    "envFrom": [{"secretRef": {"name": "offered"}}],
    "ports": [{"name": "own", "containerPort": 8443, "hostPort": 443}],
    "volumeMounts": [{"name": "a", "mountPath": "/a"}],
    "volumeDevices": [{"name": "b", "devicePath": "/dev/b"}],
    "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}, "claims": [{"name": "a"}]},
    "lifecycle": {"postStart": HANDLER, "preStop": HANDLER},
    "startupProbe": {"periodSeconds": 1, **HANDLER},
    "readinessProbe": {"periodSeconds": 1, **HANDLER},
    "livenessProbe": {"periodSeconds": 1, **HANDLER},
    "securityContext": {
        **CONTEXT,
        "privileged": False,
        "allowPrivilegeEscalation": False,
        "procMount": "Default",
        "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
    },
}
TERM = {"matchExpressions": [{"key": "a", "operator": "In", "values": ["a"]}]}
TEMPLATE: dict[str, Any] = {
    "labels": {"team": "a"},
    "annotations": {"a": "a"},
    "nodeSelector": {"disk": "a"},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [TERM]}}},
    "topologySpreadConstraints": [{"topologyKey": "zone", "labelSelector": {"matchLabels": {"a": "a"}}}],
    "securityContext": {**CONTEXT, "sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}], "fsGroup": 1},
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.example.org"]}],
    "imagePullSecrets": ["pull"],
    "volumes": [
        {"name": "a", "secret": {"secretName": "offered", "items": [{"key": "a", "path": "a"}]}},
        {"name": "b", "projected": {"sources": [{"secret": SECRET}, {"serviceAccountToken": {"path": "a"}}]}},
        {"name": "c", "csi": {"driver": "a", "nodePublishSecretRef": {"name": "offered"}, "volumeAttributes": {}}},
        {"name": "d", "emptyDir": {}},
    ],
    "initContainers": [{"name": "first", "image": "example.org/first", **CONTAINER}],
    "containers": [{"name": "gateway", **CONTAINER}, {"name": "more", "image": "example.org/more", **CONTAINER}],
}
POLICIES = (
    Policy(),
    Policy(custom_pods=True, images=("*",), volume_types=(*RESTRICTED_VOLUMES, "csi"), service_accounts=("*",)),
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each part of a value."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from places(member, (*path, name))


def put(value: dict[str, Any], path: Path, part: object) -> dict[str, Any]:
    """Return a copy of a value with another part at a path."""
    changed: Any = {"whole": copy.deepcopy(value)}
    place = changed
    for name in ("whole", *path[:-1]) if path else ():
        place = place[name]
    place[path[-1] if path else "whole"] = part
    found: dict[str, Any] = changed["whole"]
    return found


PLACES = list(places(TEMPLATE))
NAMES = sorted({name for path in PLACES for name in path if isinstance(name, str)} | {"secretName", "secret", "x"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**40) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "ALL"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=2),
    max_leaves=4,
)


def is_judged(template: Any, *, field: str, policy: Policy, provider: str) -> None:
    """Judge and render a tracker with a template, as a pass does."""
    spec: dict[str, Any] = {"kafka": {"provider": provider}}
    if field == "podTemplate":
        own = ("gateway", "kafka")
        containers = template.get("containers") if isinstance(template, dict) else None
        if isinstance(containers, list):
            named = [one for one in containers if not (isinstance(one, dict) and one.get("name") in own)]
            template = {**template, "containers": named}
        spec[field] = template
    else:
        spec.setdefault(field, {})["podTemplate"] = template
    try:
        wanted = tracker(spec)
    except SpecError as error:
        nameless = [mistake for mistake in error.mistakes if not (mistake.path and mistake.allowed)]
        if nameless:
            raise
        return
    judged(spec, policy)
    refusals(wanted, facts(api_versions=EVERYTHING_SERVED, policy=policy))


@settings(deadline=None)
@given(
    st.sampled_from(PLACES),
    JSON,
    st.sampled_from(["podTemplate", "gateway", "kafka"]),
    st.sampled_from(POLICIES),
    st.sampled_from(["builtin", "strimzi"]),
)
def test_any_json_at_any_place_is_accepted_or_rejected_with_words(
    place: Path, part: object, field: str, policy: Policy, provider: str
) -> None:
    is_judged(put(TEMPLATE, place, part), field=field, policy=policy, provider=provider)


def test_a_text_at_each_place_is_accepted_or_rejected_with_words() -> None:
    for place in PLACES:
        is_judged(put(TEMPLATE, place, "x"), field="gateway", policy=POLICIES[1], provider="builtin")


def test_the_template_of_these_tests_is_valid() -> None:
    judged({"gateway": {"podTemplate": TEMPLATE}}, POLICIES[1])


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"securityContext": {"seccompProfile": "x"}}, 'securityContext.seccompProfile is "x", but must be a mapping'),
        ({"volumes": [{"name": "a", "projected": "x"}]}, 'volumes[0].projected is "x", but must be a mapping'),
        ({"hostAliases": [{"hostnames": "a"}]}, 'hostAliases[0].hostnames is "a", but must be a list'),
        ({"containers": [{"name": "gateway", "env": [{"name": 3}]}]}, "env[0].name is 3, but must be text"),
        (
            {"containers": [{"name": "gateway", "ports": [{"hostPort": True}]}]},
            "ports[0].hostPort is true, but must be a whole number",
        ),
    ],
)
def test_a_part_of_a_wrong_type_is_named(template: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError) as raised:
        tracker({"gateway": {"podTemplate": template}})
    (mistake,) = raised.value.mistakes
    assert words in str(mistake)


def test_of_many_parts_of_a_wrong_type_some_are_named() -> None:
    with pytest.raises(SpecError) as raised:
        tracker({"gateway": {"podTemplate": {"containers": [{"name": "gateway", "env": [5] * 20_000}]}}})
    assert [mistake.path.rpartition(".")[2] for mistake in raised.value.mistakes] == [f"env[{at}]" for at in range(8)]


def test_of_many_fields_without_a_value_some_are_named() -> None:
    with pytest.raises(SpecError) as raised:
        tracker({"podTemplate": {"affinity": {"nodeAffinity": {f"k{number}": None for number in range(20_000)}}}})
    assert len(raised.value.mistakes) == 50


@pytest.mark.parametrize("levels", [33, 300, 5_000])
def test_a_part_that_is_nested_too_deeply_is_named(levels: int) -> None:
    affinity: dict[str, Any] = {}
    for _ in range(levels):
        affinity = {"nodeAffinity": affinity}
    with pytest.raises(SpecError, match=r"spec\.podTemplate\.affinity\.nodeAffinity is nested too deeply"):
        tracker({"podTemplate": {"affinity": affinity}})
