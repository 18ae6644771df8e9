"""Properties of every object of every tracker, with any spec in any cluster."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flighttracker.spec import FlightTracker
from flighttracker.spec.quantities import in_units
from flighttracker_operator.manifests import desired, referenced_secrets
from flighttracker_operator.model.facts import Facts, Manifest
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, clusters, examples, facts, pod_of, tracker, trackers

WORKLOADS = ("Deployment", "StatefulSet")
GENERATED_BY_STRIMZI = re.compile(r".*-(user|cluster-ca-cert)$")


@st.composite
def cases(draw: st.DrawFn) -> tuple[FlightTracker, Facts]:
    wanted = draw(trackers())
    return wanted, draw(clusters(wanted))


any_case = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def workloads(manifests: list[Manifest]) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in WORKLOADS]


def containers(workload: Manifest) -> list[dict[str, Any]]:
    pod = pod_of(workload)
    return [*pod["containers"], *pod.get("initContainers", [])]


@any_case
@given(cases())
def test_every_child_has_the_owner_reference_and_labels_of_its_tracker(case: tuple[FlightTracker, Facts]) -> None:
    wanted, known = case
    name = wanted.metadata.name
    for manifest in desired(wanted, known):
        metadata = manifest["metadata"]
        assert metadata["namespace"] == known.namespace
        (owner,) = metadata["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["uid"]) == ("FlightTracker", name, known.uid)
        assert metadata["labels"]["app.kubernetes.io/instance"] == name
        assert metadata["labels"]["flighttracker.io/tracker"] == name
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "flighttracker-operator"
        assert metadata["labels"]["app.kubernetes.io/component"]


@any_case
@given(cases())
def test_rendering_is_deterministic_and_does_not_change_its_input(case: tuple[FlightTracker, Facts]) -> None:
    wanted, known = case
    before = copy.deepcopy((wanted, known))
    first, second = desired(wanted, known), desired(wanted, known)
    assert json.dumps(first) == json.dumps(second)
    assert (wanted, known) == before
    assert len({(manifest["kind"], manifest["metadata"]["name"]) for manifest in first}) == len(first)
    shared = {id(part) for manifest in first for part in parts(manifest)} & {
        id(part) for manifest in second for part in parts(manifest)
    }
    assert not shared, "two results share a part: who changes one would change the other"


def parts(value: object) -> Iterator[object]:
    """Yield every list and mapping inside a value."""
    if isinstance(value, dict | list):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from parts(part)


@any_case
@given(cases())
def test_every_pod_is_restricted_and_has_requests_and_limits(case: tuple[FlightTracker, Facts]) -> None:
    for workload in workloads(desired(*case)):
        pod = pod_of(workload)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"].get("runAsUser", 1) > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert all("sizeLimit" in volume["emptyDir"] for volume in pod["volumes"] if "emptyDir" in volume)
        assert not any("hostPath" in volume for volume in pod["volumes"])
        for container in containers(workload):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            for amounts in ("requests", "limits"):
                assert set(container["resources"][amounts]) == {"cpu", "memory"}
            for name in ("cpu", "memory"):
                request, limit = (in_units(container["resources"][kind][name]) for kind in ("requests", "limits"))
                assert request <= limit, f"{container['name']} asks for more {name} than it may use"


@any_case
@given(cases())
def test_every_container_has_probes_on_its_own_port_or_command(
    case: tuple[FlightTracker, Facts],
) -> None:
    for workload in workloads(desired(*case)):
        for container in pod_of(workload)["containers"]:
            ports = {port["name"] for port in container["ports"]}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                asked = container[probe]
                assert "exec" in asked or asked["httpGet"]["port"] in ports
                assert asked["timeoutSeconds"] >= 1


@any_case
@given(cases())
def test_everything_that_a_pod_mounts_or_reads_exists(case: tuple[FlightTracker, Facts]) -> None:
    wanted, known = case
    manifests = desired(wanted, known)
    config_maps = {m["metadata"]["name"]: m["data"] for m in manifests if m["kind"] == "ConfigMap"}
    secrets = {m["metadata"]["name"] for m in manifests if m["kind"] == "Secret"} | set(referenced_secrets(wanted))
    for workload in workloads(manifests):
        pod = pod_of(workload)
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert len(volumes) == len(pod["volumes"])
        claims = {claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", ())}
        for volume in volumes.values():
            if "configMap" in volume:
                data = config_maps[volume["configMap"]["name"]]
                assert {item["key"] for item in volume["configMap"].get("items", ())} <= set(data)
            if "secret" in volume:
                assert volume["secret"]["secretName"] in secrets
        mounted = set()
        for container in containers(workload):
            mounts = [mount["name"] for mount in container["volumeMounts"]]
            assert set(mounts) <= set(volumes) | claims
            paths = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert len(paths) == len(set(paths))
            mounted |= set(mounts)
            for variable in container.get("env", ()):
                assert "secretKeyRef" not in variable.get("valueFrom", {}), "a Secret in the environment"
        assert mounted == set(volumes) | claims, "a volume that nobody mounts"


@any_case
@given(cases())
def test_a_role_mounts_the_keys_that_its_settings_name_and_no_others(case: tuple[FlightTracker, Facts]) -> None:
    manifests = desired(*case)
    settings = {
        key.removesuffix(".json"): text
        for manifest in manifests
        if manifest["kind"] == "ConfigMap"
        for key, text in manifest["data"].items()
        if key in ("generator.json", "gateway.json")
    }
    for workload in workloads(manifests):
        (container, *_) = pod_of(workload)["containers"]
        if container["name"] in settings:
            volumes = {volume["name"]: volume.get("secret") for volume in pod_of(workload)["volumes"]}
            files = {
                f"{mount['mountPath']}/{item['path']}"
                for mount in container["volumeMounts"]
                if (secret := volumes.get(mount["name"]))
                for item in secret["items"]
            }
            named = set(re.findall(r'"(/etc/flighttracker/secrets/[^"]+)"', settings[container["name"]]))
            # OpenSky's credentials are named as a directory.
            assert named == {file if file in named else file.rpartition("/")[0] for file in files}


@any_case
@given(cases())
def test_selectors_match_the_pods_and_no_others(case: tuple[FlightTracker, Facts]) -> None:
    manifests = desired(*case)
    pods = {
        workload["metadata"]["name"]: workload["spec"]["template"]["metadata"]["labels"]
        for workload in workloads(manifests)
    }
    ports = {
        workload["metadata"]["name"]: {
            port["name"]: port["containerPort"] for c in pod_of(workload)["containers"] for port in c["ports"]
        }
        for workload in workloads(manifests)
    }

    def found(labels: dict[str, str], among: Sequence[dict[str, Any]] = ()) -> list[str]:
        return [
            name
            for name, pod in pods.items()
            if labels.items() <= pod.items() and all(pod[one["key"]] in one["values"] for one in among)
        ]

    guarded = []
    for manifest in manifests:
        spec = manifest.get("spec", {})
        match manifest["kind"]:
            case "Deployment" | "StatefulSet":
                assert found(spec["selector"]["matchLabels"]) == [manifest["metadata"]["name"]]
                for constraint in pod_of(manifest)["topologySpreadConstraints"]:
                    assert found(constraint["labelSelector"]["matchLabels"]) == [manifest["metadata"]["name"]]
            case "Service":
                (behind,) = found(spec["selector"])
                for port in spec["ports"]:
                    # Only the page's Service can have a port of its own choice.
                    own = case[0].spec.web.service.port if behind.endswith("-web") else None
                    assert port["port"] in (ports[behind][port["targetPort"]], own)
            case "PodDisruptionBudget":
                assert len(found(spec["selector"]["matchLabels"])) == 1
            case "NetworkPolicy" if spec["policyTypes"] == ["Egress"]:
                assert found(spec["podSelector"]["matchLabels"]) == [manifest["metadata"]["name"]]
            case "NetworkPolicy":
                chosen = found(spec["podSelector"]["matchLabels"], spec["podSelector"].get("matchExpressions", ()))
                opened = {port["port"] for rule in spec["ingress"] for port in rule["ports"]}
                assert opened <= {number for name in chosen for number in ports[name].values()}
                assert all(opened & set(ports[name].values()) for name in chosen)
                guarded += chosen
            case "HorizontalPodAutoscaler" | "ScaledObject":
                target = spec["scaleTargetRef"]
                (scaled,) = [m for m in workloads(manifests) if m["metadata"]["name"] == target["name"]]
                assert scaled["kind"] == target["kind"]
                assert "replicas" not in scaled["spec"], "we would set the autoscaler's number back"
    assert sorted(guarded) == sorted(pods), "each pod is behind one policy"
    for workload in workloads(manifests):
        if workload["kind"] == "StatefulSet":
            services = {m["metadata"]["name"] for m in manifests if m["kind"] == "Service"}
            assert workload["spec"]["serviceName"] in services


@any_case
@given(cases())
def test_names_leave_room_for_what_kubernetes_adds(case: tuple[FlightTracker, Facts]) -> None:
    for manifest in desired(*case):
        name = manifest["metadata"]["name"]
        # A StatefulSet's pods carry NAME-HASH as a label, a Deployment's pods have 17 characters more in their name.
        assert len(name) <= {"StatefulSet": 52, "Deployment": 58}.get(manifest["kind"], 63)
        for key, value in manifest["metadata"]["labels"].items():
            assert len(value) <= 63
            assert len(key.rpartition("/")[2]) <= 63


@any_case
@given(cases())
def test_the_pod_template_is_merged_and_the_operators_values_win(case: tuple[FlightTracker, Facts]) -> None:
    wanted, known = case
    extras = wanted.spec.pod_template
    for workload in workloads(desired(wanted, known)):
        metadata, pod = workload["spec"]["template"]["metadata"], pod_of(workload)
        ours = workload["spec"]["selector"]["matchLabels"]
        assert metadata["labels"].items() >= {**extras.labels, **ours}.items()
        if extras.annotations:
            assert metadata["annotations"]["example.org/team"] == "sky"
        assert metadata.get("annotations", {}).get("flighttracker.io/config") != "mine" or "web" in ours.values()
        assert [toleration["key"] for toleration in pod.get("tolerations", ())] == [t.key for t in extras.tolerations]
        assert pod["nodeSelector"] == {"kubernetes.io/os": "linux", **extras.node_selector}
        assert pod.get("priorityClassName") == extras.priority_class_name
        assert [secret["name"] for secret in pod.get("imagePullSecrets", ())] == list(extras.image_pull_secrets)


@pytest.mark.parametrize("wanted", examples(), ids=lambda wanted: wanted.metadata.name)
def test_every_example_can_be_rendered_in_every_cluster(wanted: FlightTracker) -> None:
    for versions in (frozenset(), EVERYTHING_SERVED):
        kinds = {manifest["kind"] for manifest in desired(wanted, facts(api_versions=versions))}
        assert {"Deployment", "StatefulSet", "Service", "ConfigMap", "NetworkPolicy"} <= kinds


def test_the_defaults_fit_a_small_node_with_room_for_the_cluster() -> None:
    cpu = memory = Decimal(0)
    for workload in workloads(desired(tracker(), facts())):
        pod = pod_of(workload)
        for name in ("cpu", "memory"):
            running = sum(in_units(c["resources"]["requests"][name]) for c in pod["containers"])
            starting = max(
                (in_units(c["resources"]["requests"][name]) for c in pod.get("initContainers", ())), default=0
            )
            asked = workload["spec"]["replicas"] * max(running, Decimal(starting))
            cpu, memory = (cpu + asked, memory) if name == "cpu" else (cpu, memory + asked)
    assert cpu <= Decimal("0.9")
    assert memory <= 2 * 1024**3
