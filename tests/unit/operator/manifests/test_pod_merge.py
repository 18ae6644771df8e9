"""Tests of the merge of `podTemplate`s: as Kubernetes merges, in the order of the templates, and without harm."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.manifests.refusals import refusals
from flighttracker_operator.model.images import Images
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, made, pod_of, tracker


def gateway_pod(spec: dict[str, Any], **known: Any) -> dict[str, Any]:
    return pod_of(made(tracker(spec), facts(**known))["Deployment", "sky-gateway"])


def test_the_template_of_a_part_completes_and_overrides_that_of_all_pods() -> None:
    pod = gateway_pod(
        {
            "podTemplate": {
                "priorityClassName": "low",
                "nodeSelector": {"disk": "ssd", "zone": "a"},
                "tolerations": [{"key": "all"}],
                "volumes": [{"name": "logs", "emptyDir": {}}],
                "containers": [{"name": "shipper", "image": "a", "env": [{"name": "A", "value": "1"}]}],
                "initContainers": [{"name": "first", "image": "a"}],
            },
            "gateway": {
                "podTemplate": {
                    "priorityClassName": "high",
                    "nodeSelector": {"zone": "b"},
                    "tolerations": [{"key": "own"}],
                    "volumes": [{"name": "logs", "persistentVolumeClaim": {"claimName": "logs"}}],
                    "containers": [
                        {"name": "shipper", "image": "b", "env": [{"name": "A", "valueFrom": {}}, {"name": "B"}]}
                    ],
                    "initContainers": [{"name": "second", "image": "a"}],
                }
            },
        }
    )
    assert pod["priorityClassName"] == "high"
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux", "disk": "ssd", "zone": "b"}
    assert [one["key"] for one in pod["tolerations"]] == ["own"]
    assert {"name": "logs", "persistentVolumeClaim": {"claimName": "logs"}} in pod["volumes"]
    (shipper,) = [one for one in pod["containers"] if one["name"] == "shipper"]
    assert (shipper["image"], shipper["env"]) == ("b", [{"name": "A", "valueFrom": {}}, {"name": "B"}])
    assert [one["name"] for one in pod["initContainers"]] == ["first", "second"]


def test_additional_init_containers_run_before_the_operators() -> None:
    template = {"initContainers": [{"name": "proxy", "image": "a", "restartPolicy": "Always"}]}
    pod = pod_of(made(tracker({"generator": {"podTemplate": template}}))["StatefulSet", "sky-generator"])
    assert [one["name"] for one in pod["initContainers"]] == ["proxy", "topics"]


def test_resources_of_init_containers_and_other_amounts_can_be_set() -> None:
    quota = {"requests": {"cpu": "10m", "ephemeral-storage": "1Gi"}}
    template = {"initContainers": [{"name": "topics", "resources": quota}]}
    pod = pod_of(made(tracker({"generator": {"podTemplate": template}}))["StatefulSet", "sky-generator"])
    (topics,) = pod["initContainers"]
    assert topics["resources"]["requests"] == {"cpu": "10m", "memory": "128Mi", "ephemeral-storage": "1Gi"}
    registry = {"schemaRegistry": {"builtin": {"resources": {"limits": {"memory": "1Gi"}}}}}
    (container,) = pod_of(made(tracker(registry))["Deployment", "sky-registry"])["containers"]
    assert container["resources"]["limits"]["memory"] == "1Gi"
    assert "-Xmx563m" in str(container["env"])


def test_pull_policy_and_pull_secrets_of_the_operator_are_those_of_every_pod() -> None:
    images = Images(pull_policy="Always", pull_secrets=("mirror",))
    for (kind, _), manifest in made(tracker(), facts(images=images)).items():
        if kind in ("Deployment", "StatefulSet"):
            pod = pod_of(manifest)
            assert pod["imagePullSecrets"] == [{"name": "mirror"}]
            containers = (*pod["containers"], *pod.get("initContainers", ()))
            assert {one["imagePullPolicy"] for one in containers} == {"Always"}
    own = {"podTemplate": {"imagePullPolicy": "Never", "imagePullSecrets": ["own"]}}
    pod = gateway_pod(own, images=images)
    assert [one["name"] for one in pod["imagePullSecrets"]] == ["mirror", "own"]
    assert pod["containers"][0]["imagePullPolicy"] == "Never"


@pytest.mark.parametrize(
    ("part", "template", "words"),
    [
        ("kafka", {"volumes": [{"name": "data", "emptyDir": {}}]}, "spec.kafka.podTemplate.volumes has data"),
        ("kafka", {"containers": [{"name": "kafka", "env": [{"name": "LOG_DIR"}]}]}, "env has LOG_DIR"),
        (
            "redis",
            {"containers": [{"name": "redis", "volumeMounts": [{"name": "a", "mountPath": "/data/x"}]}]},
            "volumeMounts has /data/x, but the operator mounts /data",
        ),
        (
            "web",
            {"containers": [{"name": "log", "image": "a", "ports": [{"name": "http", "containerPort": 1}]}]},
            "ports has a name or number that the operator's container uses",
        ),
        ("web", {"annotations": {"flighttracker.io/config": "x"}}, ""),
        ("gateway", {"annotations": {"flighttracker.io/config": "x"}}, "is set by the operator"),
    ],
)
def test_what_would_break_a_part_is_left_out_and_reported(part: str, template: dict[str, Any], words: str) -> None:
    wanted = tracker({part: {"podTemplate": template}})
    found = refusals(wanted, facts())
    assert [(one.component, one.reason, one.stops) for one in found] == (
        [(part, "PodTemplateConflict", False)] if words else []
    )
    assert words in "".join(one.message for one in found)
    name = f"sky-{part}"
    plain, changed = (made(one) for one in (tracker(), wanted))
    kind = "StatefulSet" if (("StatefulSet", name) in plain) else "Deployment"
    own, now = (pod_of(one[kind, name])["containers"][0] for one in (plain, changed))
    assert now == own


def test_mounts_below_the_directory_for_temporary_files_are_allowed() -> None:
    container = {"name": "web", "volumeMounts": [{"name": "cache", "mountPath": "/tmp/cache"}]}
    template = {"volumes": [{"name": "cache", "emptyDir": {}}], "containers": [container]}
    wanted = tracker({"web": {"podTemplate": template}})
    assert refusals(wanted, facts()) == []
    (web,) = pod_of(made(wanted)["Deployment", "sky-web"])["containers"]
    assert {"name": "cache", "mountPath": "/tmp/cache"} in web["volumeMounts"]


def test_strimzi_gets_the_template_in_its_own_words_and_the_rest_is_reported() -> None:
    template = {
        "labels": {"tier": "log"},
        "nodeSelector": {"disk": "ssd"},
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "a", "operator": "Exists"}]},
                        {"matchExpressions": [{"key": "b", "operator": "Exists"}]},
                    ]
                }
            }
        },
        "topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}],
        "volumes": [{"name": "extra", "emptyDir": {}}],
        "runtimeClassName": "gvisor",
        "containers": [
            {
                "name": "kafka",
                "env": [{"name": "TZ", "value": "UTC"}],
                "volumeMounts": [{"name": "extra", "mountPath": "/mnt/extra"}],
                "lifecycle": {},
            },
            {"name": "shipper", "image": "a"},
        ],
    }
    wanted = tracker({"kafka": {"provider": "strimzi", "podTemplate": template}})
    known = facts(api_versions=EVERYTHING_SERVED)
    objects = made(wanted, known)
    (pool,) = [one for (kind, _), one in objects.items() if kind == "KafkaNodePool"]
    pod, container = pool["spec"]["template"]["pod"], pool["spec"]["template"]["kafkaContainer"]
    assert pod["metadata"] == {"labels": {"tier": "log"}}
    required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    for term, key in zip(required["nodeSelectorTerms"], "ab", strict=True):
        assert [one["key"] for one in term["matchExpressions"]] == [key, "kubernetes.io/os", "disk"]
    (spread,) = pod["topologySpreadConstraints"]
    assert spread["labelSelector"] == {"matchLabels": {"strimzi.io/cluster": "sky-kafka"}}
    assert pod["volumes"] == [{"name": "extra", "emptyDir": {}}]
    assert container["env"] == [{"name": "TZ", "value": "UTC"}]
    assert container["volumeMounts"] == [{"name": "extra", "mountPath": "/mnt/extra"}]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    operators = objects["Kafka", "sky-kafka"]["spec"]["entityOperator"]["template"]["pod"]
    assert "metadata" not in operators
    assert "volumes" not in operators
    (refusal,) = [one for one in refusals(wanted, known) if one.reason == "PodTemplateConflict"]
    for field in ("runtimeClassName", "containers[kafka].lifecycle", "containers[shipper]"):
        assert f"Strimzi has no template for spec.kafka.podTemplate.{field}" in refusal.message


def test_devices_that_a_container_claims_are_kept() -> None:
    wanted = tracker({"gateway": {"podTemplate": {"containers": [{"name": "gateway", "resources": {"claims": []}}]}}})
    pod = pod_of(made(wanted)["Deployment", "sky-gateway"])
    assert pod["containers"][0]["resources"]["claims"] == []
