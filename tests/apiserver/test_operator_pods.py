"""`podTemplate`s on a real API server: accepted as Kubernetes has them, and every mistake is told in a condition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.apiserver.api_server import Json
from tests.apiserver.cluster_view import EXPECTED, OFFERED, Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

ANY_CODE: dict[str, Any] = {
    "customPods": True,
    "images": ["example.org/"],
    "serviceAccounts": ["maps"],
    "podLabels": ["*"],
}
SIDECAR = {
    "name": "shipper",
    "image": "example.org/shipper:1",
    "volumeMounts": [{"name": "logs", "mountPath": "/logs"}],
}
GATEWAY = {
    "runtimeClassName": "gvisor",
    "serviceAccountName": "maps",
    "terminationGracePeriodSeconds": 120,
    "securityContext": {"runAsUser": 1234, "supplementalGroups": [7]},
    "topologySpreadConstraints": [
        {"topologyKey": "kubernetes.io/hostname", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
    ],
    "volumes": [{"name": "logs", "emptyDir": {}}],
    "initContainers": [
        {"name": "proxy", "image": "example.org/proxy:1", "restartPolicy": "Always"},
    ],
    "containers": [
        SIDECAR,
        {
            "name": "gateway",
            "env": [{"name": "TZ", "value": "UTC"}],
            "envFrom": [{"secretRef": {"name": "extra"}}],
            "volumeMounts": [{"name": "logs", "mountPath": "/var/log/maps"}],
            "lifecycle": {"postStart": {"exec": {"command": ["true"]}}},
            "securityContext": {"readOnlyRootFilesystem": False},
            "livenessProbe": {"periodSeconds": 30},
        },
    ],
}
PARTS = {
    "generator": "StatefulSet",
    "historian": "StatefulSet",
    "kafka": "StatefulSet",
    "redis": "StatefulSet",
    "registry": "Deployment",
    "web": "Deployment",
}
FIELDS = {"registry": "schemaRegistry", "historian": "history"}
OF_HISTORY = 5
"""Number of children with a history on a volume."""


def test_every_part_takes_what_users_know_of_kubernetes(cluster: Cluster, kubeconfig: Path, tmp_path: Path) -> None:
    cluster.create("Secret", "extra", metadata=OFFERED, data={"A": "eA=="})
    spec: dict[str, Any] = {
        "podTemplate": {"labels": {"team": "maps"}},
        "gateway": {"podTemplate": GATEWAY},
    }
    for part in PARTS:
        own = {"name": part, "env": [{"name": "TZ", "value": "UTC"}]}
        template = {"containers": [SIDECAR, own], "volumes": GATEWAY["volumes"], "tolerations": [{"key": part}]}
        spec[FIELDS.get(part, part)] = {"podTemplate": template}
    spec["kafka"]["podTemplate"]["labels"] = {"tier": "log"}
    spec["history"]["enabled"] = True
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, policy=ANY_CODE) as operator:
        cluster.create_tracker(spec=spec)
        children = cluster.complete(expected=EXPECTED + OF_HISTORY)
        assert operator.bugs() == []
    template = children["Deployment", "demo-gateway"]["spec"]["template"]
    pod = template["spec"]
    assert template["metadata"]["labels"]["team"] == "maps"
    assert pod["runtimeClassName"] == "gvisor"
    assert (pod["serviceAccountName"], pod["automountServiceAccountToken"]) == ("maps", False)
    assert pod["terminationGracePeriodSeconds"] == 120
    context = pod["securityContext"]
    assert (context["runAsUser"], context["runAsNonRoot"], context["supplementalGroups"]) == (1234, True, [7])
    spread, zones = pod["topologySpreadConstraints"]
    assert (spread["whenUnsatisfiable"], zones["whenUnsatisfiable"]) == ("DoNotSchedule", "ScheduleAnyway")
    assert spread["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == "gateway"
    gateway, shipper = pod["containers"]
    assert (gateway["name"], shipper["name"]) == ("gateway", "shipper")
    assert {"name": "TZ", "value": "UTC"} in gateway["env"]
    assert gateway["envFrom"] == [{"secretRef": {"name": "extra"}}]
    assert {"name": "logs", "mountPath": "/var/log/maps"} in gateway["volumeMounts"]
    assert len(gateway["volumeMounts"]) > 1
    assert set(gateway["lifecycle"]) == {"postStart", "preStop"}
    assert (gateway["livenessProbe"]["periodSeconds"], gateway["livenessProbe"]["httpGet"]["path"]) == (30, "/health")
    own = gateway["securityContext"]
    assert (own["readOnlyRootFilesystem"], own["capabilities"]) == (False, {"drop": ["ALL"]})
    assert shipper["securityContext"]["allowPrivilegeEscalation"] is False
    assert pod["initContainers"][0]["restartPolicy"] == "Always"
    for part, kind in PARTS.items():
        template = children[kind, f"demo-{part}"]["spec"]["template"]
        assert template["metadata"]["labels"]["team"] == "maps"
        assert [one["name"] for one in template["spec"]["containers"]] == [part, "shipper"]
        assert template["spec"]["tolerations"][0]["key"] == part
        assert template["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert children["StatefulSet", "demo-kafka"]["spec"]["template"]["metadata"]["labels"]["tier"] == "log"


def test_a_field_that_kubernetes_does_not_know_is_told_and_nothing_changes(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    wrong = {"containers": [{**SIDECAR, "volumeMount": []}], "volumes": GATEWAY["volumes"]}
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, policy=ANY_CODE) as operator:
        cluster.create_tracker(spec={"web": {"podTemplate": wrong}})
        eventually(lambda: cluster.reason("WebReady") == "Refused", "the creation is refused")
        message = cluster.condition("WebReady")["message"]
        assert "does not know the field containers[1].volumeMount of Deployment demo-web" in message
        assert cluster.find("Deployment", "demo-web") is None
        cluster.change_tracker(
            {"web": {"podTemplate": None}, "gateway": {"podTemplate": {"securityContext": {"runAsUsr": 7}}}}
        )
        eventually(lambda: cluster.reason("GatewayReady") == "Refused", "the change is refused")
        message = cluster.condition("GatewayReady")["message"]
        assert "does not know the field securityContext.runAsUsr of Deployment demo-gateway" in message
        eventually(lambda: cluster.reason("WebReady") != "Refused", "the page is created")
        context = cluster.get("Deployment", "demo-gateway")["spec"]["template"]["spec"]["securityContext"]
        assert context["runAsUser"] == 65532
        cluster.change_tracker({"gateway": {"podTemplate": {"securityContext": {"runAsUsr": None, "runAsUser": 7}}}})
        eventually(
            lambda: (
                cluster.get("Deployment", "demo-gateway")["spec"]["template"]["spec"]["securityContext"]["runAsUser"]
                == 7
            ),
            "the corrected change",
        )
        cluster.change_tracker({"gateway": {"podTemplate": {"tolerationz": []}}})
        eventually(lambda: cluster.reason() == "SpecInvalid", "an unknown field of the template")
        assert "spec.gateway.podTemplate.tolerationz is not a field" in cluster.condition()["message"]
        assert operator.bugs() == []


def test_what_would_break_a_part_is_left_out_and_told(cluster: Cluster, kubeconfig: Path, tmp_path: Path) -> None:
    template = {
        "labels": {"flighttracker.io/tracker": "other"},
        "nodeSelector": {"kubernetes.io/os": "windows", "disk": "ssd"},
        "terminationGracePeriodSeconds": 1,
        "containers": [
            {
                "name": "gateway",
                "volumeMounts": [{"name": "config", "mountPath": "/etc/flighttracker"}],
                "ports": [{"name": "http", "containerPort": 1}],
                "resources": {"requests": {"memory": "1Gi", "ephemeral-storage": "1Gi"}},
                "livenessProbe": {"httpGet": {"path": "/", "port": 1}, "failureThreshold": 9},
                "lifecycle": {"preStop": {"exec": {"command": ["true"]}}},
            }
        ],
    }
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, policy=ANY_CODE) as operator:
        cluster.create_tracker(spec={"gateway": {"podTemplate": template}})
        pod = cluster.complete()["Deployment", "demo-gateway"]["spec"]["template"]
        cluster.make_ready()
        eventually(lambda: cluster.reason("GatewayReady") == "PodTemplateConflict", "PodTemplateConflict")
        message = cluster.condition("GatewayReady")["message"]
        for words in (
            'spec.gateway.podTemplate.labels["flighttracker.io/tracker"]',
            'nodeSelector["kubernetes.io/os"] must be linux',
            "terminationGracePeriodSeconds must be at least 25",
            "volumeMounts has /etc/flighttracker, but the operator mounts /etc/flighttracker/config",
            "livenessProbe can only change times, not httpGet",
            "lifecycle.preStop is set by the operator",
            "ports are set by the operator",
            "resources has memory, which the resources of the part set",
        ):
            assert words in message
        assert cluster.condition("GatewayReady")["status"] == "True"
        gateway = pod["spec"]["containers"][0]
        assert pod["metadata"]["labels"]["flighttracker.io/tracker"] == "demo"
        assert pod["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux", "disk": "ssd"}
        assert (gateway["livenessProbe"]["httpGet"]["path"], gateway["livenessProbe"]["failureThreshold"]) == (
            "/health",
            9,
        )
        assert gateway["resources"]["requests"] == {"cpu": "100m", "memory": "192Mi", "ephemeral-storage": "1Gi"}
        assert [port["containerPort"] for port in gateway["ports"]] == [8080, 9100]
        assert gateway["lifecycle"]["preStop"]["exec"]["command"][0] == "sleep"
        assert operator.bugs() == []


def test_code_of_authors_accounts_and_privileges_need_the_policy(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create("Secret", "payroll", data={"A": "eA=="})
    template = {
        "serviceAccountName": "admin",
        "volumes": [{"name": "node", "hostPath": {"path": "/"}}],
        "containers": [
            {"name": "web", "envFrom": [{"secretRef": {"name": "payroll"}}], "securityContext": {"privileged": True}},
            {"name": "shell", "image": "evil.example.net/shell:1"},
        ],
    }
    cluster.create_tracker(spec={"web": {"podTemplate": template}})
    eventually(lambda: cluster.reason("WebReady") == "PolicyViolation", "PolicyViolation")
    message = cluster.condition("WebReady")["message"]
    for words in (
        'spec.web.podTemplate.serviceAccountName is "admin", which policy.serviceAccounts',
        "spec.web.podTemplate.volumes[0].hostPath",
        "spec.web.podTemplate.containers[web].envFrom",
        "container web has privileged: true, which policy.podSecurity",
        'spec.web.podTemplate.containers[shell].image is "evil.example.net/shell:1", which policy.images',
    ):
        assert words in message
    assert cluster.find("Deployment", "demo-web") is None
    eventually(lambda: cluster.find("Deployment", "demo-gateway"), "the other parts")


def test_private_authorities_are_mounted_and_roll_the_pods_when_they_change(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    with OperatorProcess(
        kubeconfig,
        tmp_path,
        cluster.namespace,
        resync_s=2,
        policy={"outgoing": {"caConfigMap": "bundle", "caKey": "all.pem"}},
    ) as operator:
        cluster.create_tracker()
        eventually(lambda: cluster.reason("GatewayReady") == "ConfigMapMissing", "ConfigMapMissing")
        assert "ConfigMap bundle, which the operator names" in cluster.condition("GatewayReady")["message"]
        cluster.create("ConfigMap", "bundle", data={"ca.crt": "x"})
        eventually(lambda: cluster.reason("GatewayReady") == "ConfigMapIncomplete", "ConfigMapIncomplete")
        cluster.patch("ConfigMap", "bundle", {"data": {"all.pem": "one"}})
        eventually(lambda: cluster.reason("GatewayReady") == "Starting", "it starts")

        def template() -> Json:
            found: Json = cluster.get("Deployment", "demo-gateway")["spec"]["template"]
            return found

        def marks() -> Json:
            found: Json = template()["metadata"]["annotations"]
            return found

        eventually(lambda: template()["spec"]["volumes"], "the gateways")
        (container,) = template()["spec"]["containers"]
        assert {"name": "SSL_CERT_FILE", "value": "/etc/flighttracker/ca/all.pem"} in container["env"]
        before = marks()
        cluster.patch("ConfigMap", "bundle", {"data": {"all.pem": "two"}})
        eventually(lambda: marks() != before, "a rolling update")
        assert operator.bugs() == []
