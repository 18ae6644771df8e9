"""Violations of the policy by `podTemplate`s, and by the security of the pods that result from them.

A `podTemplate` can run code beside the Secrets of a tracker, which its author need not be allowed to read. So
containers, environments and volumes must be allowed by `customPods`; their images and Secrets like all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from flighttracker.spec import FlightTracker
from flighttracker.spec.pod_template import Container, PodTemplate, Toleration
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component
from flighttracker_operator.model.pod_templates import WITH_PODS, PathTemplate, pod_templates
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.policy.images import may_use_image
from flighttracker_operator.policy.matching import is_listed
from flighttracker_operator.policy.violation import Violation, at_key, component_of, violation

NODE_ROLES: Final = "node-role.kubernetes.io/"
"""Prefix of the taints of nodes with a role: control plane, etcd, API server (kops), infra (OpenShift)."""
CRITICAL_ONLY: Final = "CriticalAddonsOnly"
"""Taint of the control plane of K3s and RKE2, and of the system nodes of AKS."""
HARMLESS_FIELDS: Final = frozenset({"name", "resources", "startupProbe", "readinessProbe", "livenessProbe"})
"""Fields of a container with which nobody can run code; `securityContext` is checked in the pod."""
SAFE_SYSCTLS: Final = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
)
TOKENS: Final = frozenset({"serviceAccountToken", "podCertificate"})
"""Sources of a projected volume with the identity of the pod's ServiceAccount."""
CHECKED_REFERENCES: Final = ("secretKeyRef", "secretRef", "secret")
"""References whose Secrets `secret_references` finds, by one name each."""
HANDLERS: Final = ("startupProbe", "readinessProbe", "livenessProbe", "postStart", "preStop")
SELINUX_TYPES: Final = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")


def pod_violations(
    tracker: FlightTracker, facts: Facts, wanted: Sequence[Manifest], with_pods: frozenset[Component]
) -> Iterator[Violation]:
    """Yield the violations by the templates of all parts that have pods."""
    policy = facts.policy
    common = PathTemplate("spec.podTemplate", tracker.spec.pod_template)
    yield from _template(common, facts, with_pods)
    for component in WITH_PODS:
        for one in pod_templates(tracker, component):
            if one.path != common.path and component in with_pods:
                yield from _template(one, facts, frozenset({component}))
    if policy.pod_security == "restricted" and _has_templates(tracker):
        for manifest in wanted:
            for problem in _insecure(manifest):
                message = f"{problem}, which policy.podSecurity of the operator's chart does not allow"
                yield Violation(frozenset({component_of(manifest)}), f"{manifest['kind']}: {message}")


def _has_templates(tracker: FlightTracker) -> bool:
    return any(pod_templates(tracker, component) for component in WITH_PODS)


def _template(one: PathTemplate, facts: Facts, components: frozenset[Component]) -> Iterator[Violation]:
    path, template = one
    policy = facts.policy
    yield from _scheduling(path, template, policy, components)
    account = template.service_account_name
    if account is not None and not is_listed(account, policy.service_accounts):
        yield violation(components, f"{path}.serviceAccountName", account, "serviceAccounts")
    if template.automount_service_account_token and account is None:
        yield violation(components, f"{path}.automountServiceAccountToken", "true", "serviceAccounts")
    if template.volumes and not policy.custom_pods:
        yield _set(components, f"{path}.volumes")
    for number, volume in enumerate(template.volumes or ()):
        for kind in sorted(volume.keys() - {"name"} - set(policy.volume_types)):
            yield violation(components, f"{path}.volumes[{number}].{kind}", str(volume.get("name")), "volumeTypes")
        if _has_token(volume) and account is None:
            yield violation(components, f"{path}.volumes[{number}]", "a token of a ServiceAccount", "serviceAccounts")
    for secret in sorted(_unchecked_secrets(template.model_dump(mode="json", exclude_unset=True))):
        if not is_listed(secret, policy.secrets):
            yield violation(components, f"{path}: the name of a Secret", secret, "secrets")
    for field, containers in (
        ("containers", template.containers),
        ("initContainers", template.init_containers),
    ):
        for container in containers or ():
            yield from _container(f"{path}.{field}[{container.name}]", container, facts, components)


def _set(components: frozenset[Component], path: str) -> Violation:
    """Return the violation by a field with which the author of a tracker runs code."""
    return Violation(components, f"{path} is set, which policy.customPods of the operator's chart does not allow")


def _scheduling(
    path: str, template: PodTemplate, policy: Policy, components: frozenset[Component]
) -> Iterator[Violation]:
    for key, value in template.annotations.items():
        if "/" in key and not is_listed(key, policy.pod_annotations):
            yield violation(components, at_key(f"{path}.annotations", key), value, "podAnnotations")
    for key, value in template.labels.items():
        if not is_listed(key, policy.pod_labels):
            yield violation(components, at_key(f"{path}.labels", key), value, "podLabels")
    priority = template.priority_class_name
    if priority is not None and not is_listed(priority, policy.priority_classes):
        yield violation(components, f"{path}.priorityClassName", priority, "priorityClasses")
    for number, toleration in enumerate(template.tolerations):
        if not policy.control_plane_nodes and _reaches_control_plane(toleration):
            yield violation(components, f"{path}.tolerations[{number}].key", toleration.key, "controlPlaneNodes")
    for number, name in _renamed_proxies(template, policy) if not policy.custom_pods else ():
        yield violation(components, f"{path}.hostAliases[{number}].hostnames", name, "customPods")


def _renamed_proxies(template: PodTemplate, policy: Policy) -> Iterator[tuple[int, str]]:
    """Yield proxies that an alias gives another address: connections to proxies may have any."""
    outgoing = policy.outgoing
    urls = (outgoing.http_proxy, outgoing.https_proxy, *outgoing.allowed_proxies)
    hosts = {urlsplit(url).hostname for url in urls if url}
    for number, alias in enumerate(template.host_aliases or ()):
        yield from ((number, name) for name in alias.get("hostnames") or () if str(name).lower() in hosts)


def _reaches_control_plane(toleration: Toleration) -> bool:
    key = toleration.key or ""
    # An empty key matches every taint, as no key does.
    return key.startswith(NODE_ROLES) or key == CRITICAL_ONLY or (not key and toleration.operator == "Exists")


def _has_token(volume: Mapping[str, Any]) -> bool:
    sources = (volume.get("projected") or {}).get("sources") or ()
    return any(TOKENS & source.keys() for source in sources if isinstance(source, dict))


def _unchecked_secrets(part: object, field: str = "") -> Iterator[str]:
    """Yield names of Secrets that `secret_references` does not find: of drivers, and beside another name.

    Of two names the API server reads one and drops the other, which must not be the one that is checked.
    """
    if isinstance(part, dict):
        names = [part[key] for key in ("secretName", "name") if isinstance(part.get(key), str) and part[key]]
        if field in CHECKED_REFERENCES:
            yield from names[1:]
        elif field.endswith("SecretRef"):
            yield from names
        elif isinstance(part.get("secretName"), str):
            yield part["secretName"]
        for below, value in part.items():
            yield from _unchecked_secrets(value, below)
    elif isinstance(part, list):
        for item in part:
            yield from _unchecked_secrets(item, field)


def _container(path: str, container: Container, facts: Facts, components: frozenset[Component]) -> Iterator[Violation]:
    fields = container.model_dump(mode="json", exclude_unset=True)
    for name in sorted(fields.keys() - HARMLESS_FIELDS - {"securityContext"}) if not facts.policy.custom_pods else ():
        yield _set(components, f"{path}.{name}")
    if container.image is not None and not may_use_image(container.image, facts):
        yield violation(components, f"{path}.image", container.image, "images")


def _insecure(manifest: Manifest) -> Iterator[str]:
    """Yield what of a workload's pods does not meet the level `restricted`."""
    template = manifest.get("spec", {}).get("template") or {}
    if manifest["kind"] in ("Deployment", "StatefulSet"):
        pod = template["spec"]
        yield from _insecure_context("the pod", pod.get("securityContext") or {}, pod=True)
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            context = {**_inherited(pod), **(container.get("securityContext") or {})}
            yield from _insecure_context(f"container {container['name']}", context)
            yield from _on_the_node(f"container {container['name']}", container)
    elif manifest["kind"] == "KafkaNodePool":
        yield from _insecure_context("the pod", template["pod"].get("securityContext") or {}, pod=True)
        yield from _insecure_context("container kafka", template["kafkaContainer"].get("securityContext") or {})
    elif manifest["kind"] == "Kafka":
        pod = manifest["spec"]["entityOperator"]["template"]["pod"]
        yield from _insecure_context("the pod of Strimzi's operators", pod.get("securityContext") or {}, pod=True)


def _on_the_node(what: str, container: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a container takes a port of the node, or makes the node connect to another address."""
    if any(port.get("hostPort") for port in container.get("ports") or ()):
        yield f"{what} has a hostPort"
    for name, handler in ({**container, **(container.get("lifecycle") or {})}).items():
        if name not in HANDLERS or not handler:
            continue
        if any((handler.get(action) or {}).get("host") for action in ("httpGet", "tcpSocket")):
            yield f"{what} has a {name} with a host"


def _inherited(pod: Mapping[str, Any]) -> dict[str, Any]:
    context = pod.get("securityContext") or {}
    return {name: context[name] for name in ("runAsNonRoot", "seccompProfile") if name in context}


def _insecure_context(what: str, context: Mapping[str, Any], *, pod: bool = False) -> Iterator[str]:
    """Yield what of a security context does not meet https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
    if context.get("runAsNonRoot") is not True:
        yield f"{what} lacks runAsNonRoot: true"
    if context.get("runAsUser") == 0:
        yield f"{what} has runAsUser: 0"
    if (context.get("seccompProfile") or {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{what} lacks seccompProfile.type: RuntimeDefault"
    if (context.get("seLinuxOptions") or {}).get("type", "") not in SELINUX_TYPES:
        yield f"{what} has another seLinuxOptions.type"
    if any((context.get("seLinuxOptions") or {}).get(name) for name in ("user", "role")):
        yield f"{what} has seLinuxOptions.user or role"
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield f"{what} has windowsOptions.hostProcess: true"
    if (context.get("appArmorProfile") or {}).get("type") == "Unconfined":
        yield f"{what} has appArmorProfile.type: Unconfined"
    if pod:
        unsafe = [one.get("name") for one in context.get("sysctls") or () if one.get("name") not in SAFE_SYSCTLS]
        yield from (f"{what} sets the sysctl {name}" for name in unsafe)
        return
    if context.get("privileged"):
        yield f"{what} has privileged: true"
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{what} lacks allowPrivilegeEscalation: false"
    if context.get("procMount", "Default") != "Default":
        yield f"{what} has another procMount"
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or ()):
        yield f"{what} does not drop ALL capabilities"
    if set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
        yield f"{what} adds capabilities"
