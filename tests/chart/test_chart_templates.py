"""Tests of the objects that the chart installs."""

from __future__ import annotations

import json

import click
import msgspec
import pytest
import yaml

from flighttracker.spec import parse_tracker
from flighttracker_operator.main import main
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.objects.kinds import OPTIONAL_GROUPS
from tests.chart.helm import CHART, EVERYTHING, container, helm, of_kind, only, operator_pod, render


def test_lint_finds_nothing() -> None:
    answer = helm("lint", "--strict", str(CHART), *EVERYTHING)
    assert "0 chart(s) failed" in answer.stdout


def test_the_defaults_install_only_the_operator_and_its_permissions() -> None:
    kinds = sorted(manifest["kind"] for manifest in render() if manifest["kind"] != "ClusterRole")
    assert kinds == ["ClusterRoleBinding", "ConfigMap", "Deployment", "ServiceAccount"]
    assert len(of_kind(render(), "ClusterRole")) == 4


def test_the_deployment_never_runs_two_operators() -> None:
    spec = only(render(), "Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_the_operators_pod_meets_the_restricted_level() -> None:
    pod = operator_pod()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    security = container()["securityContext"]
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("is_openshift", [False, True])
def test_openshift_chooses_the_ids_of_the_operators_pod(is_openshift: bool) -> None:
    security = operator_pod(*(["--api-versions=security.openshift.io/v1"] if is_openshift else []))["securityContext"]
    assert [security.get(name) for name in ("runAsUser", "runAsGroup", "fsGroup")] == [
        None if is_openshift else 65532
    ] * 3


def test_the_operators_pod_has_probes_and_resources() -> None:
    operator = container()
    for probe, path in (("startupProbe", "/health"), ("livenessProbe", "/health"), ("readinessProbe", "/ready")):
        assert operator[probe]["httpGet"] == {"path": path, "port": "http"}
    (name,) = [variable["value"] for variable in operator["env"] if variable["name"] == "FLIGHTTRACKER_OPERATOR"]
    assert name == "flights/map-flighttracker", "an operator keeps its name when it restarts"
    assert operator["resources"]["requests"]["cpu"] == "50m"
    assert operator["resources"]["limits"]["memory"]


def test_the_operators_pod_runs_on_nodes_with_linux() -> None:
    """A cluster may also have nodes with Windows, whose kubelets cannot pull the image."""
    assert operator_pod()["nodeSelector"] == {"kubernetes.io/os": "linux"}


def policy_of(*arguments: str) -> tuple[Policy, str]:
    """Return the policy that the operator reads, and the annotation that restarts it for another one."""
    manifests = render(*arguments)
    config_map, template = only(manifests, "ConfigMap"), only(manifests, "Deployment")["spec"]["template"]
    (volume,) = [one for one in template["spec"]["volumes"] if one["name"] == "policy"]
    (mount,) = [one for one in container(*arguments)["volumeMounts"] if one["name"] == "policy"]
    assert volume["configMap"]["name"] == config_map["metadata"]["name"]
    assert f"--policy={mount['mountPath']}/policy.json" in container(*arguments)["args"]
    policy = msgspec.json.decode(config_map["data"]["policy.json"], type=Policy)
    return policy, template["metadata"]["annotations"]["flighttracker.io/policy"]


def test_the_chart_and_the_operator_have_the_same_default_policy() -> None:
    assert policy_of()[0] == Policy()


def test_every_value_of_the_policy_reaches_the_operator_and_restarts_it() -> None:
    values = {
        "images": ["registry.example.org/maps"],
        "secrets": ["maps-*"],
        "hosts": ["example.org"],
        "wildcardHosts": True,
        "anyHost": True,
        "ingressAnnotations": ["example.org/*"],
        "serviceTypes": ["NodePort"],
        "serviceAnnotations": ["external-dns.alpha.kubernetes.io/*"],
        "podAnnotations": ["*"],
        "podLabels": ["*"],
        "priorityClasses": ["maps"],
        "controlPlaneNodes": True,
        "customPods": True,
        "serviceAccounts": ["maps"],
        "volumeTypes": ["csi"],
        "podSecurity": "privileged",
        "outgoing": {
            "privateTargets": False,
            "httpProxy": "http://proxy.test:3128",
            "httpsProxy": "http://proxy.test:3129",
            "noProxy": ["10.0.0.0/8"],
            "allowedProxies": ["http://other.test:3128"],
            "caConfigMap": "bundle",
            "caKey": "ca-bundle.crt",
        },
        "egress": {
            "enabled": False,
            "deniedNetworks": ["10.0.0.0/8"],
            "clusterPods": False,
            "extraRules": [{"ports": [{"port": 15012}]}],
        },
    }
    policy, mark = policy_of("--set-json=policy=" + json.dumps(values))
    arrived = json.loads(msgspec.json.encode(policy))
    assert {name: arrived[name] for name in values} == values
    assert values.keys() == arrived.keys()
    assert {
        name for name in values if arrived[name] != json.loads(msgspec.json.encode(Policy()))[name]
    } == values.keys()
    assert mark != policy_of()[1]


def test_watched_namespaces_are_passed_to_the_operator() -> None:
    arguments = container("--set=watchNamespaces={one,two}")["args"]
    assert "--namespace=one" in arguments
    assert "--namespace=two" in arguments
    assert not [argument for argument in container()["args"] if argument.startswith("--namespace")]


def test_the_operator_does_not_ask_for_what_it_has_no_rights_for() -> None:
    def without(*arguments: str) -> set[str]:
        options = [argument.partition("=") for argument in container(*arguments)["args"]]
        return {value for name, _, value in options if name == "--without-api"}

    assert without() == set()
    assert without("--set=watchNamespaces={one}") == {"ingressclasses"}
    assert without("--set=watchNamespaces={one},rbac.clusterRoles=true") == set()
    assert without("--set-json=rbac.optionalApis=[]") == OPTIONAL_GROUPS
    assert without("--set=rbac.optionalApis={keda.sh}") == OPTIONAL_GROUPS - {"keda.sh"}


def test_every_value_of_the_pod_is_rendered() -> None:
    template = only(render(*EVERYTHING), "Deployment")["spec"]["template"]
    pod = template["spec"]
    assert template["metadata"]["labels"]["team"] == "sky"
    assert template["metadata"]["annotations"]["a"] == "b"
    assert pod["imagePullSecrets"] == [{"name": "mirror"}]
    assert pod["priorityClassName"] == "high"
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux", "disk": "fast"}
    assert pod["tolerations"] == [{"key": "a", "operator": "Exists"}]
    assert pod["affinity"] == {"podAffinity": {}}
    assert pod["runtimeClassName"] == "gvisor"
    assert pod["topologySpreadConstraints"][0]["topologyKey"] == "zone"
    assert pod["containers"][0]["args"][-1] == "--port=8080"
    assert {"name": "ca", "configMap": {"name": "ca"}} in pod["volumes"]
    assert {"name": "ca", "mountPath": "/ca"} in pod["containers"][0]["volumeMounts"]
    assert {"name": "HTTPS_PROXY", "value": "http://proxy:3128"} in pod["containers"][0]["env"]
    assert "--log-level=debug" in pod["containers"][0]["args"]


def test_common_labels_and_annotations_are_on_every_object() -> None:
    manifests = render(*EVERYTHING, "--set=watchNamespaces={team},rbac.clusterRoles=true")
    assert len({manifest["kind"] for manifest in manifests}) == 12, "all that the chart can render"
    template = only(manifests, "Deployment")["spec"]["template"]
    for metadata in (template["metadata"], *(manifest["metadata"] for manifest in manifests)):
        assert metadata["labels"]["team-of"] == "sky"
        assert metadata["annotations"]["contact"] == "sky"
    assert "team-of" not in only(manifests, "Deployment")["spec"]["selector"]["matchLabels"]


@pytest.mark.parametrize("value", ["podLabels", "commonLabels"])
def test_a_custom_label_cannot_break_the_selector(value: str) -> None:
    deployment = only(render("--set-json=" + value + '={"app.kubernetes.io/name":"mine"}'), "Deployment")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_the_service_monitor_finds_the_operators_metrics() -> None:
    manifests = render("--set=metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.labels.release=prometheus")
    service, monitor = only(manifests, "Service"), only(manifests, "ServiceMonitor")
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    pod_labels = only(manifests, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= pod_labels.items()
    ports = {port["name"] for port in container()["ports"]}
    assert service["spec"]["ports"][0]["targetPort"] in ports


def test_the_operators_rules_and_dashboard_are_those_of_the_files() -> None:
    manifests = render(
        "--set=metrics.prometheusRule.enabled=true,metrics.prometheusRule.labels.release=prometheus",
        "--set=metrics.dashboard.enabled=true",
    )
    rule = only(manifests, "PrometheusRule")
    assert rule["spec"] == yaml.safe_load((CHART / "files/operator-rules.yaml").read_text(encoding="utf-8"))
    assert rule["metadata"]["labels"]["release"] == "prometheus"
    (board,) = [one for one in of_kind(manifests, "ConfigMap") if one["metadata"]["name"].endswith("-dashboard")]
    assert board["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert board["data"].keys() == {"flighttracker-operator.json"}
    assert msgspec.json.decode(board["data"]["flighttracker-operator.json"])["title"] == "Flight tracker operator"
    assert not of_kind(render(), "PrometheusRule")


def test_the_pages_of_alerts_can_be_at_another_address() -> None:
    address = "https://wiki.example.org/#/{name}/"
    manifests = render(
        "--set=metrics.prometheusRule.enabled=true", f"--set-json=metrics.runbookUrl={json.dumps(address)}"
    )
    (group,) = only(manifests, "PrometheusRule")["spec"]["groups"]
    pages = {rule["alert"]: rule["annotations"]["runbook_url"] for rule in group["rules"]}
    assert len(pages) >= 7
    assert pages == {name: f"https://wiki.example.org/#/{name}/" for name in pages}
    (operator,) = only(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    (argument,) = [one for one in operator["args"] if one.startswith("--runbook-url=")]
    assert main.make_context("flighttracker-operator", [argument]).params["runbook_url"] == address


@pytest.mark.parametrize("address", ["https://wiki.example.org/", "wiki/{name}", "https://wiki/{name} $1"])
def test_an_address_without_a_place_for_the_alert_is_rejected(address: str) -> None:
    failed = helm("template", "map", str(CHART), f"--set-json=metrics.runbookUrl={json.dumps(address)}", check=False)
    assert failed.returncode != 0
    assert "runbookUrl" in failed.stderr
    with pytest.raises(click.BadParameter, match=r"must be a URL with \{name\}"):
        main.make_context("flighttracker-operator", [f"--runbook-url={address}"])


def test_the_sample_is_a_valid_tracker() -> None:
    sample = only(render("--set=sample.enabled=true,sample.spec.source.simulated.aircraft=100"), "FlightTracker")
    tracker = parse_tracker(yaml.safe_dump(sample), source="the sample")
    assert tracker.metadata.name == "sample"
    assert tracker.spec.source.simulated is not None
    assert tracker.spec.source.simulated.aircraft == 100


@pytest.mark.parametrize("release", ["map", "flighttracker", "a-release-with-a-name-that-is-rather-long-for-helm"])
def test_every_name_is_valid_in_kubernetes(release: str) -> None:
    for manifest in render(*EVERYTHING, release=release):
        assert len(manifest["metadata"]["name"]) <= 63
        assert not manifest["metadata"]["name"].endswith("-")


@pytest.mark.parametrize("other", [("two", "flights"), ("one", "elsewhere")])
def test_names_of_two_releases_do_not_collide(other: tuple[str, str]) -> None:
    def outside(release: str, namespace: str) -> set[tuple[str, str, str]]:
        arguments = ("--set=watchNamespaces={team},rbac.clusterRoles=true",)
        places = [(one["kind"], one["metadata"]) for one in render(*arguments, release=release, namespace=namespace)]
        return {(kind, metadata.get("namespace", ""), metadata["name"]) for kind, metadata in places}

    assert not outside("one", "flights") & outside(*other)


def test_the_name_of_the_chart_can_be_replaced() -> None:
    manifests = render("--set=nameOverride=radar")
    deployment = only(manifests, "Deployment")
    assert deployment["metadata"]["name"] == "map-radar"
    assert deployment["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] == "radar"
    assert (
        only(render("--set=nameOverride=radar", release="radar-one"), "Deployment")["metadata"]["name"] == "radar-one"
    )
    assert only(render("--set=fullnameOverride=sky"), "Deployment")["metadata"]["name"] == "sky"


def test_security_contexts_can_be_changed_and_ids_of_ones_own_are_kept_on_openshift() -> None:
    arguments = ("--set=podSecurityContext.runAsUser=1234,securityContext.privileged=false",)
    pod = operator_pod(*arguments, "--api-versions=security.openshift.io/v1")
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 1234,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert pod["containers"][0]["securityContext"]["privileged"] is False
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_network_policy_lets_only_the_metrics_port_be_reached() -> None:
    manifests = render("--set=networkPolicy.enabled=true")
    spec = only(manifests, "NetworkPolicy")["spec"]
    pod = only(manifests, "Deployment")["spec"]["template"]
    assert spec["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert spec["policyTypes"] == ["Ingress"]
    (port,) = pod["spec"]["containers"][0]["ports"]
    expected = [{"ports": [{"port": port["name"], "protocol": "TCP"}], "from": [{"namespaceSelector": {}}]}]
    assert spec["ingress"] == expected
    monitoring = '--set-json=networkPolicy.from=[{"podSelector":{"matchLabels":{"app":"prometheus"}}}]'
    spec = only(render("--set=networkPolicy.enabled=true", monitoring), "NetworkPolicy")["spec"]
    assert spec["ingress"][0]["from"] == [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]
