"""A real API server accepts all objects of all trackers with strict validation, and pods at the level `restricted`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import desired
from flighttracker_operator.model.facts import Facts, Manifest
from tests.apiserver.api_server import ApiError, ApiServer
from tests.apiserver.strimzi.applying import apply, path_of
from tests.apiserver.strimzi.crds import install, remove, strimzi_crds
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, examples, facts, pod_of, secrets_of, tracker
from tests.workloads.fetch import crds_or_skip

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

EVERYTHING = {
    "kafka": {"builtin": {"replicas": 3}},
    "gateway": {
        "autoscaling": {"connectionsPerPod": 500},
        "tls": {"secretName": "certificate"},
        "auth": {"mode": "token", "token": {"hs256Secret": "signing"}},
    },
    "web": {"replicas": 2},
    "ingress": {
        "enabled": True,
        "className": "contour",
        "host": "flights.example.org",
        "tls": {"clusterIssuer": "letsencrypt"},
    },
    "monitoring": {"serviceMonitor": True, "prometheusRule": True, "grafanaDashboard": True},
    "podTemplate": {
        "tolerations": [{"key": "flights", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
        "nodeSelector": {"disk": "fast"},
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "Exists"}]}]
                }
            }
        },
        "imagePullSecrets": ["pull"],
        "annotations": {"example.org/team": "sky"},
        "labels": {"team": "sky"},
    },
}
EXTERNAL = {
    "source": {"opensky": {"credentialsSecret": "opensky"}},
    "kafka": {
        "provider": "external",
        "external": {"bootstrapServers": "kafka:9093", "tlsSecret": "kafka-tls", "saslSecret": "kafka-user"},
    },
    "redis": {"provider": "external", "external": {"urlSecret": "redis"}},
    "schemaRegistry": {
        "provider": "external",
        "external": {"url": "https://registry", "credentialsSecret": "registry"},
    },
}
ROUTED = {
    "ingress": {
        "enabled": True,
        "host": "sky.example.org",
        "gatewayApi": {
            "parentRef": {"name": "edge", "namespace": "infra", "sectionName": "https"},
            "backendTls": {"hostname": "sky.internal", "caConfigMap": "ca"},
        },
    },
    "gateway": {"tls": {"secretName": "certificate"}},
    "web": {"basePath": "/maps/north"},
}
BALANCED = {
    "web": {
        "service": {
            "type": "LoadBalancer",
            "port": 80,
            "annotations": {"external-dns.alpha.kubernetes.io/hostname": "sky.example.org"},
            "loadBalancerClass": "service.k8s.aws/nlb",
            "loadBalancerSourceRanges": ["192.0.2.0/24", "198.51.100.7"],
            "externalTrafficPolicy": "Local",
            "ipFamilyPolicy": "PreferDualStack",
        }
    }
}
TEMPLATE: dict[str, Any] = {
    "topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}],
    "schedulerName": "own",
    "securityContext": {"fsGroup": 7},
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}],
    "terminationGracePeriodSeconds": 300,
    "imagePullPolicy": "Always",
    "imagePullSecrets": ["own"],
    "volumes": [{"name": "extra", "emptyDir": {}}],
}
OUTGOING = {"caBundle": {"configMapName": "bundle"}}


def _extended(part: str, container: str) -> dict[str, Any]:
    """Return a template that uses what both Kubernetes and Strimzi have."""
    own = {
        "name": container,
        "env": [{"name": "TZ", "value": "UTC"}],
        "volumeMounts": [{"name": "extra", "mountPath": "/mnt/extra"}],
        "securityContext": {"readOnlyRootFilesystem": True},
    }
    return {part: {"podTemplate": {**TEMPLATE, "containers": [own]}}}


EXTENDED: dict[str, Any] = {
    **_extended("gateway", "gateway"),
    **_extended("generator", "generator"),
    **_extended("web", "web"),
    **_extended("redis", "redis"),
    **_extended("schemaRegistry", "registry"),
    **_extended("kafka", "kafka"),
    "outgoing": OUTGOING,
}
EXTENDED_STRIMZI: dict[str, Any] = {
    "kafka": {
        "provider": "strimzi",
        "podTemplate": {**EXTENDED["kafka"]["podTemplate"], "priorityClassName": "maps"},
    }
}
MUTUAL = {"kafka": {"provider": "strimzi", "strimzi": {"replicas": 1, "version": "4.1.1", "user": {"auth": "tls"}}}}
SHARED = {"kafka": {"provider": "strimzi", "strimzi": {"cluster": "shared"}}, "podTemplate": EVERYTHING["podTemplate"]}

TRACKERS = [
    tracker({}, name="defaults"),
    tracker(EVERYTHING, name="everything"),
    tracker(EXTENDED, name="extended"),
    tracker(EXTENDED_STRIMZI, name="extended-strimzi"),
    tracker(EXTERNAL, name="external"),
    tracker(ROUTED, name="routed"),
    tracker(BALANCED, name="balanced"),
    tracker({"kafka": {"provider": "strimzi"}}, name="strimzi"),
    tracker(MUTUAL, name="mutual"),
    tracker(SHARED, name="shared"),
    tracker(EVERYTHING, name="a-name-as-long-as-a-tracker-may-have-is4"),
    *examples(),
]


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> Iterator[ApiServer]:
    """An API server that serves every kind that a tracker may need."""
    others = [yaml.safe_load(path.read_text()) for path in crds_or_skip()]
    crds = [*strimzi_crds(["v1beta2", "v1"]), *others]
    install(api_server, crds)
    yield api_server
    remove(api_server, crds)


@pytest.fixture
def restricted(server: ApiServer) -> Iterator[str]:
    """A namespace that only admits pods of the level `restricted`."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    yield name
    server.request("DELETE", f"/api/v1/namespaces/{name}")


def known(wanted: FlightTracker, namespace: str, *, strimzi: str = "kafka.strimzi.io/v1") -> Facts:
    versions = {version for version in EVERYTHING_SERVED if "strimzi" not in version} | {strimzi}
    kinds = {"BackendTLSPolicy": "gateway.networking.k8s.io/v1"}
    return facts(
        namespace=namespace, api_versions=frozenset(versions), optional_kinds=kinds, secrets=secrets_of(wanted)
    )


@pytest.mark.parametrize("strimzi", ["kafka.strimzi.io/v1", "kafka.strimzi.io/v1beta2"])
@pytest.mark.parametrize("wanted", TRACKERS, ids=lambda wanted: wanted.metadata.name)
def test_every_object_passes_strict_validation_and_a_second_apply_changes_nothing(
    server: ApiServer, restricted: str, wanted: FlightTracker, strimzi: str
) -> None:
    manifests = desired(wanted, known(wanted, restricted, strimzi=strimzi))
    first = [apply(server, manifest) for manifest in manifests]
    second = [apply(server, manifest) for manifest in manifests]
    for manifest, before, after in zip(manifests, first, second, strict=True):
        assert before["metadata"]["resourceVersion"] == after["metadata"]["resourceVersion"], path_of(manifest)
    assert not [
        path for manifest in manifests for path in forgotten(manifest, server.request("GET", path_of(manifest)))
    ]


def forgotten(wanted: object, found: object, path: str = "") -> list[str]:
    """Return the paths of applied fields that are missing or different in the live object."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [gone for key, value in wanted.items() for gone in forgotten(value, found.get(key), f"{path}.{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            gone
            for number, (one, other) in enumerate(zip(wanted, found, strict=True))
            for gone in forgotten(one, other, f"{path}[{number}]")
        ]
    return [] if wanted == found else [f"{path}: {wanted!r} became {found!r}"]


@pytest.mark.parametrize("wanted", TRACKERS, ids=lambda wanted: wanted.metadata.name)
def test_every_pod_is_admitted_at_the_level_restricted(
    server: ApiServer, restricted: str, wanted: FlightTracker
) -> None:
    for manifest in desired(wanted, known(wanted, restricted)):
        if manifest["kind"] in ("Deployment", "StatefulSet"):
            server.request("POST", f"/api/v1/namespaces/{restricted}/pods?dryRun=All", pod(manifest))


def test_the_level_is_enforced_here(server: ApiServer, restricted: str) -> None:
    (manifest,) = [
        m for m in desired(tracker(), facts()) if m["kind"] == "Deployment" and "web" in m["metadata"]["name"]
    ]
    loose = pod(manifest)
    del loose["spec"]["securityContext"]["seccompProfile"]
    with pytest.raises(ApiError, match="seccompProfile"):
        server.request("POST", f"/api/v1/namespaces/{restricted}/pods?dryRun=All", loose)


def pod(workload: Manifest) -> Manifest:
    """Return a pod as the controller of a workload would create it."""
    spec = pod_of(workload)
    claims = [claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", ())]
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    metadata = {**workload["spec"]["template"]["metadata"], "name": workload["metadata"]["name"]}
    return {"metadata": metadata, "spec": {**spec, "volumes": [*spec["volumes"], *volumes]}}


def test_a_volume_can_grow_and_keeps_its_owner(server: ApiServer, restricted: str) -> None:
    small, large = tracker(), tracker({"kafka": {"builtin": {"storage": {"size": "20Gi"}}}})
    (template,) = [
        m["spec"]["volumeClaimTemplates"][0]
        for m in desired(small, known(small, restricted))
        if m["kind"] == "StatefulSet" and m["metadata"]["name"] == "sky-kafka"
    ]
    # What the controller of a StatefulSet makes of it; the class lets volumes grow.
    name = "data-sky-kafka-0"
    growing = {"metadata": {"name": "growing"}, "provisioner": "example.org/x", "allowVolumeExpansion": True}
    server.request("POST", "/apis/storage.k8s.io/v1/storageclasses", growing)
    claim = {**template, "metadata": {**template["metadata"], "name": name}}
    claim["spec"] = {**claim["spec"], "storageClassName": "growing"}
    path = f"/api/v1/namespaces/{restricted}/persistentvolumeclaims"
    created = server.request("POST", path, claim)
    created["status"] = {"phase": "Bound", "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"]}
    created["spec"]["volumeName"] = "x"
    bound = server.request("PUT", f"{path}/{name}", created)
    bound["status"] = created["status"]
    server.request("PUT", f"{path}/{name}/status", bound)

    live = facts(namespace=restricted, volume_claims={name: "10Gi"})
    grown = [m for m in desired(large, live) if m["kind"] == "PersistentVolumeClaim"]
    assert [m["metadata"]["name"] for m in grown] == [name]
    after = apply(server, grown[0])
    assert after["spec"]["resources"]["requests"]["storage"] == "20Gi"
    (owner,) = after["metadata"]["ownerReferences"]
    assert owner["kind"] == "FlightTracker"
    server.request("DELETE", "/apis/storage.k8s.io/v1/storageclasses/growing")
