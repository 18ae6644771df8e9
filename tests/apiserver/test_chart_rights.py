"""The operator asks for exactly the rights that the chart gives it: its ServiceAccount's requests in the audit log.

The chart is installed with the real helm, the operator uses the token of the chart's ServiceAccount, and the cluster
serves every optional kind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from flighttracker_operator.manifests import referenced_secrets
from flighttracker_operator.objects.kinds import BUILTIN, OPTIONAL, TRACKER
from flighttracker_operator.objects.outdated_pods import REVISION_LABEL
from tests.apiserver.api_server import ADMIN, ApiError, ApiServer, Json
from tests.apiserver.chart_release import (
    Right,
    account_kubeconfig,
    account_name,
    granted,
    helm_on,
    install_chart,
    rights_in,
    without_apis,
)
from tests.apiserver.cluster_view import OFFERED, Cluster
from tests.apiserver.fault_proxy import DEAF, Fault, FaultProxy
from tests.apiserver.operator_process import OperatorProcess, eventually
from tests.apiserver.strimzi.crds import install, remove, strimzi_crds
from tests.chart.helm import CHART, EVERYTHING
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, EXAMPLES, examples, facts, made, tracker
from tests.workloads.fetch import crds_or_skip

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

RELEASE = "rights"
RESYNC_S = 1.0
OLDER = ("v1beta2", "v1alpha3")
"""Versions of optional kinds that are served, and not used."""
CERTIFICATE = "gateway-certificate"
SECOND = "second-operator"
ACCOUNT = f"{RELEASE}-flighttracker"
KEDA = {"gateway": {"autoscaling": {"connectionsPerPod": 500}}}
MONITORED = {"monitoring": {"serviceMonitor": True, "prometheusRule": True}}
NOT_ASKED_FOR: set[Right] = {
    ("", "persistentvolumeclaims", "delete"),
    ("kafka.strimzi.io", "kafkanodepools", "delete"),
    ("kafka.strimzi.io", "kafkas", "delete"),
    ("kafka.strimzi.io", "kafkausers", "delete"),
}
"""Rights that no request needs. OwnerReferencesPermissionEnforcement, which is on here and on OpenShift, lets only
those change the owner of an object, to adopt it, who may delete it."""

STRIMZI = {"kafka": {"provider": "strimzi", "strimzi": {"replicas": 1}}}
ROUTED = {"ingress": {"enabled": True, "host": "r.example.org", "gatewayApi": {"parentRef": {"name": "edge"}}}}
FEATURES: Mapping[str, Json] = {
    "hpa": {"gateway": {"autoscaling": {}}, "ingress": {"enabled": True, "host": "hpa.example.org"}},
    "everything": {
        "gateway": {**KEDA["gateway"], "tls": {"secretName": CERTIFICATE}},
        **MONITORED,
        "ingress": {"enabled": True, "host": "e.example.org", "gatewayApi": {"parentRef": {"name": "edge"}}},
        "schemaRegistry": {"compatibility": "FULL"},
        **STRIMZI,
    },
    "plain": {},
    "brokers": {"kafka": {"builtin": {"replicas": 3}}},
}
FEWER: Mapping[str, Json] = {
    "hpa": {"gateway": {"autoscaling": None, "replicas": 1}, "ingress": {"enabled": False, "host": None}},
    "everything": {
        "gateway": {"autoscaling": None, "tls": None},
        "monitoring": None,
        "ingress": {"enabled": False, "host": None, "gatewayApi": None},
        "schemaRegistry": {"provider": "external", "compatibility": None, "external": {"url": "http://registry"}},
    },
    "plain": {
        "web": {"enabled": False},
        "redis": {"provider": "external", "external": {"urlSecret": "redis"}},
        "schemaRegistry": {"provider": "external", "external": {"url": "http://registry"}},
    },
}
"""Changes after which at least one object of each kind is deleted."""


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> Iterator[ApiServer]:
    """An API server that serves every kind that a tracker may need."""
    crds = [*strimzi_crds(["v1"]), *(yaml.safe_load(path.read_text()) for path in crds_or_skip())]
    install(api_server, crds)
    yield api_server
    remove(api_server, crds)


@pytest.fixture
def installed(server: ApiServer, cluster: Cluster) -> Iterator[Cluster]:
    """The namespace of this test, with the chart for the whole cluster."""
    answer = install_chart(server.kubeconfig(ADMIN), RELEASE, cluster.namespace)
    assert answer.returncode == 0, answer.stderr
    yield cluster
    for kind in ("clusterrolebindings", "clusterroles"):
        base = f"/apis/rbac.authorization.k8s.io/v1/{kind}"
        server.request("DELETE", f"{base}?labelSelector=app.kubernetes.io/instance={RELEASE}")
    leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases?labelSelector=flighttracker.io/lease"
    server.request("DELETE", leases)


def apply_everywhere(cluster: Cluster, specs: Mapping[str, Json]) -> None:
    for name, spec in specs.items():
        cluster.create_tracker(name, spec)


def settled(cluster: Cluster, name: str) -> bool:
    """Return whether the operator has finished a pass over the present spec."""
    tracker = cluster.tracker(name)
    return bool(tracker.get("status", {}).get("observedGeneration") == tracker["metadata"]["generation"])


def spoil_one_of_each_kind(cluster: Cluster) -> dict[str, str]:
    """Change a label of one child of each kind, and return the paths of these children."""
    spoiled = {}
    for kind in (*BUILTIN, *OPTIONAL):
        if not kind.applied or kind.api_version.endswith(OLDER) or kind.name == "PersistentVolumeClaim":
            continue
        items = cluster.server.request("GET", f"{kind.path(cluster.namespace)}?labelSelector=flighttracker.io/tracker")
        assert items["items"], f"no {kind.name}"
        spoiled[kind.name] = kind.path(cluster.namespace, items["items"][0]["metadata"]["name"])
        change = {"metadata": {"labels": {"app.kubernetes.io/managed-by": "somebody"}}}
        cluster.server.request("PATCH", spoiled[kind.name], change, content_type="application/merge-patch+json")
    return spoiled


def offer_secrets(cluster: Cluster) -> None:
    """Create the Secrets that the examples and the features name."""
    cluster.create("Secret", CERTIFICATE, metadata=OFFERED, data={"tls.crt": "eA==", "tls.key": "eA=="})
    for wanted in examples():
        for name, keys in referenced_secrets(wanted).items():
            if cluster.find("Secret", name) is None:
                cluster.create("Secret", name, metadata=OFFERED, data=dict.fromkeys(sorted(keys), "eA=="))


def work(cluster: Cluster) -> None:
    """Let a running operator create, read, change and delete at least one object of each kind."""
    offer_secrets(cluster)
    apply_everywhere(cluster, FEATURES)
    apply_everywhere(cluster, {path.stem: yaml.safe_load(path.read_text())["spec"] or {} for path in EXAMPLES})
    names = [*FEATURES, *(path.stem for path in EXAMPLES)]
    eventually(lambda: all(settled(cluster, name) for name in names), "every tracker has its objects")
    reasons = {name: cluster.reason(name=name) for name in names}
    assert not {"Refused", "OperatorLacksRights", "OwnedByOthers"} & set(reasons.values()), reasons
    make_claim_and_pod(cluster)
    make_outdated_broker(cluster)
    spoiled = spoil_one_of_each_kind(cluster)

    def reverted(path: str) -> bool:
        labels = cluster.server.request("GET", path)["metadata"]["labels"]
        return bool(labels["app.kubernetes.io/managed-by"] == "flighttracker-operator")

    eventually(lambda: all(reverted(path) for path in spoiled.values()), "every change is reverted")
    for name, change in FEWER.items():
        cluster.change_tracker(change, name)
    eventually(lambda: not left_over(cluster), "objects that are no longer needed are deleted")


def test_the_operator_uses_each_right_of_the_chart_and_no_other(
    server: ApiServer, installed: Cluster, tmp_path: Path
) -> None:
    cluster, before, wanted = installed, server.audit_lines(), granted(RELEASE, installed.namespace) - NOT_ASKED_FOR
    account, release = account_name(cluster.namespace, ACCOUNT), f"{cluster.namespace}/{ACCOUNT}"

    def asked(decision: str) -> set[Right]:
        return rights_in(server.writes(user=account, since=before), decision)

    def unused() -> set[Right]:
        """Return rights that were not used; a watch is in the log when it has ended."""
        return {right for right in wanted - asked("allow") if right[2] != "watch"}

    with FaultProxy(server) as proxy:
        # These watches report nothing, so the resync has to find the changes.
        watched = ("/pods", "/flighttrackers", "/persistentvolumeclaims")
        proxy.faults.append(Fault(lambda _, path, query: "watch" in query and path.endswith(watched), DEAF))
        kubeconfig = account_kubeconfig(server, cluster.namespace, ACCOUNT, url=proxy.url)
        with OperatorProcess(kubeconfig, tmp_path, resync_s=RESYNC_S, release=release) as operator:
            work(cluster)
            with contextlib.suppress(AssertionError):  # the list below says more than the wait
                eventually(lambda: not unused(), "every right is used", within_s=30 * RESYNC_S)
            assert operator.bugs() == []
    kubeconfig = account_kubeconfig(server, cluster.namespace, ACCOUNT)
    with OperatorProcess(kubeconfig, tmp_path, release=release, name="watching"):
        eventually(lambda: cluster.tracker("plain")["status"]["observedGeneration"] == 2, "the first round")
        cluster.change_tracker({"web": {"enabled": True}}, "plain")
        eventually(lambda: cluster.find("Service", "plain-web"), "a watch reports the change", within_s=30)
    assert asked("forbid") == set(), "the operator asks for rights that the chart does not grant"
    assert wanted - asked("allow") == set(), "the chart grants rights that nothing uses"


@pytest.mark.parametrize(("group", "resource"), sorted((group, resource) for group, resource, _ in NOT_ASKED_FOR))
def test_an_object_is_adopted_only_with_the_right_to_delete_it(
    server: ApiServer, cluster: Cluster, group: str, resource: str
) -> None:
    kinds = [kind for kind in (*BUILTIN, *OPTIONAL) if (kind.group, kind.plural) == (group, resource)]
    rendered = {kind: body for (kind, _), body in made(tracker(STRIMZI), facts(api_versions=EVERYTHING_SERVED)).items()}
    storage = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {**rendered.get(kinds[0].name, {"spec": storage}), "metadata": {"name": "a"}}
    server.request("POST", kinds[0].path(cluster.namespace), body)
    owner = {"apiVersion": TRACKER.api_version, "kind": TRACKER.name, "name": "a", "uid": "a"}
    change, patch = {"metadata": {"ownerReferences": [owner]}}, "application/merge-patch+json"
    rule = {"apiGroups": [group], "resources": [resource], "verbs": ["patch"]}
    path = kinds[0].path(cluster.namespace, "a")
    server.grant(SECOND, [rule], namespace=cluster.namespace)
    with pytest.raises(ApiError, match="cannot set an ownerRef on a resource you can't delete"):
        server.request("PATCH", path, change, user=SECOND, content_type=patch)
    server.grant(SECOND, [{**rule, "verbs": ["patch", "delete"]}], namespace=cluster.namespace)
    assert server.request("PATCH", path, change, user=SECOND, content_type=patch)["metadata"]["ownerReferences"]


def make_claim_and_pod(cluster: Cluster) -> None:
    """Create what controllers would: a claim and a pod of Kafka, and the status of a StatefulSet without pods."""
    workload = cluster.get("StatefulSet", "plain-kafka")
    template = workload["spec"]["volumeClaimTemplates"][0]
    metadata = {"labels": template["metadata"]["labels"]}
    cluster.create("PersistentVolumeClaim", "data-plain-kafka-0", metadata=metadata, spec=template["spec"])
    labels = workload["spec"]["template"]["metadata"]["labels"]
    containers = [{"name": "kafka", "image": "kafka"}]
    cluster.create("Pod", "plain-kafka-0", metadata={"labels": labels}, spec={"containers": containers})
    status = {"observedGeneration": workload["metadata"]["generation"], "replicas": 0}
    cluster.patch("StatefulSet", "plain-kafka", {"status": status}, part="/status")


def make_outdated_broker(cluster: Cluster) -> None:
    """Create a broker that has old settings and does not work, as a controller and a kubelet leave it."""
    workload = cluster.get("StatefulSet", "brokers-kafka")
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "controller": True} | {
        name: workload["metadata"][name] for name in ("name", "uid")
    }
    labels = workload["spec"]["template"]["metadata"]["labels"] | {REVISION_LABEL: "old"}
    metadata = {"labels": labels, "ownerReferences": [owner]}
    cluster.create(
        "Pod", "brokers-kafka-0", metadata=metadata, spec={"containers": [{"name": "kafka", "image": "kafka"}]}
    )
    status = {"observedGeneration": workload["metadata"]["generation"], "replicas": 1, "updateRevision": "new"}
    cluster.patch("StatefulSet", "brokers-kafka", {"status": status}, part="/status")


def left_over(cluster: Cluster) -> list[str]:
    """Return the kinds of which the changed trackers still have an object that they should not have."""
    gone = {
        "hpa": ("HorizontalPodAutoscaler", "Ingress"),
        "everything": ("HTTPRoute", "BackendTLSPolicy", "ScaledObject", "ServiceMonitor", "PrometheusRule"),
    }
    kinds = {kind.name: kind for kind in (*BUILTIN, *OPTIONAL) if not kind.api_version.endswith(OLDER)}
    return [
        name
        for tracker, names in gone.items()
        for name in names
        if cluster.server.request(
            "GET", f"{kinds[name].path(cluster.namespace)}?labelSelector=flighttracker.io/tracker={tracker}"
        )["items"]
    ] + [key for key in ("plain-redis", "plain-web") if cluster.find("Service", key)]


def test_the_api_server_accepts_every_value_of_the_chart(server: ApiServer, cluster: Cluster) -> None:
    admin = server.kubeconfig(ADMIN)
    values = (*EVERYTHING, f"--set=watchNamespaces={{{cluster.namespace}}},rbac.clusterRoles=true")
    answer = install_chart(admin, "every", cluster.namespace, *values)
    assert answer.returncode == 0, answer.stderr
    again = helm_on(admin, "upgrade", "every", str(CHART), "--namespace", cluster.namespace, *values)
    assert again.returncode == 0, again.stderr
    gone = helm_on(admin, "uninstall", "every", "--namespace", cluster.namespace)
    assert gone.returncode == 0, gone.stderr


def test_an_api_that_is_served_and_not_granted_is_not_asked_for_and_the_rest_works(
    server: ApiServer, cluster: Cluster, tmp_path: Path
) -> None:
    values = (f"--set=watchNamespaces={{{cluster.namespace}}}", "--set-json=rbac.optionalApis=[]")
    answer = install_chart(server.kubeconfig(ADMIN), RELEASE, cluster.namespace, *values)
    assert answer.returncode == 0, answer.stderr
    kubeconfig, before = account_kubeconfig(server, cluster.namespace, ACCOUNT), server.audit_lines()
    without = without_apis(RELEASE, cluster.namespace, *values)
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=RESYNC_S, options=without) as operator:
        cluster.create_tracker("plain")
        cluster.create_tracker("everything", {**KEDA, **MONITORED, **ROUTED})
        cluster.create_tracker("strimzi", STRIMZI)
        names = ("plain", "everything", "strimzi")
        eventually(lambda: all(settled(cluster, name) for name in names), "all were reconciled")
        assert cluster.reason(name="plain") == "Starting"
        assert cluster.reason("IngressReady", "everything") == "GatewayApiMissing"
        assert "rbac.optionalApis" in cluster.condition("IngressReady", "everything")["message"]
        assert cluster.reason("KafkaReady", "strimzi") == "StrimziMissing"
        assert cluster.find("HorizontalPodAutoscaler", "everything-gateway"), "gateways scale on CPU"
        assert operator.bugs() == []
    entries = server.writes(user=account_name(cluster.namespace, ACCOUNT), since=before)
    assert rights_in(entries, "forbid") == set()
