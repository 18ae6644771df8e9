"""Limits for authors of FlightTrackers: the chart's `policy` values, which the operator reads from a file.

Authors of FlightTrackers need not have permission to read Secrets of their namespace or to choose images. By default, a
tracker can use the operator's own images, labelled Secrets, and one concrete host. With each value, the cluster's
administrator can allow more.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from flighttracker.errors import UserError

USE_LABEL: Final = "flighttracker.io/use"
"""Every tracker in its namespace can use a Secret with this label set to "true"."""

HARMLESS_INGRESS_ANNOTATIONS: Final = (
    "haproxy.org/timeout-tunnel",
    "nginx.ingress.kubernetes.io/force-ssl-redirect",
    "nginx.ingress.kubernetes.io/limit-connections",
    "nginx.ingress.kubernetes.io/limit-rpm",
    "nginx.ingress.kubernetes.io/limit-rps",
    "nginx.ingress.kubernetes.io/proxy-body-size",
    "nginx.ingress.kubernetes.io/proxy-read-timeout",
    "nginx.ingress.kubernetes.io/proxy-send-timeout",
    "nginx.ingress.kubernetes.io/ssl-redirect",
    "nginx.ingress.kubernetes.io/whitelist-source-range",
    "projectcontour.io/response-timeout",
    "projectcontour.io/websocket-routes",
    "traefik.ingress.kubernetes.io/router.entrypoints",
    "traefik.ingress.kubernetes.io/router.tls",
)
HARMLESS_SERVICE_TYPES: Final = ("ClusterIP", "LoadBalancer")
"""A NodePort opens every node, past the firewall of a load balancer."""
HARMLESS_POD_ANNOTATIONS: Final = (
    "cluster-autoscaler.kubernetes.io/safe-to-evict",
    "config.beta.linkerd.io/proxy-enable-native-sidecar",
    "karpenter.sh/do-not-disrupt",
    "linkerd.io/inject",
    "prometheus.io/*",
    "sidecar.istio.io/inject",
    "sidecar.istio.io/nativeSidecar",
)
HARMLESS_POD_LABELS: Final = (
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/version",
    "cost-center",
    "environment",
    "owner",
    "sidecar.istio.io/inject",
    "team",
)
RESTRICTED_VOLUMES: Final = (
    "configMap",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
"""Volumes of the level `restricted` of the Pod Security Standards, except `csi`, whose drivers can have credentials."""
METADATA_NETWORKS: Final = (
    "169.254.0.0/16",
    "100.100.100.200/32",
    "168.63.129.16/32",
    "fe80::/10",
    "fd00:ec2::254/128",
)
"""Link-local addresses, and the other addresses of clouds' metadata services (Alibaba, Azure, AWS with IPv6)."""


class Egress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Restrictions of the outgoing connections of generators and gateways.

    Attributes:
        enabled: whether generators and gateways get egress NetworkPolicies.
        denied_networks: networks that a source or an external server must not be in.
        cluster_pods: whether a source or an external server may be a pod of the cluster, in any namespace.
        extra_rules: additional rules, in the format of `spec.egress` of a NetworkPolicy.
    """

    enabled: bool = True
    denied_networks: tuple[str, ...] = METADATA_NETWORKS
    cluster_pods: bool = True
    extra_rules: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """Reject what would make the API server reject every NetworkPolicy."""
        for network in self.denied_networks:
            if ip_network(network).prefixlen == 0:
                raise ValueError(f"{network} is every address: set enabled, or name a smaller network")


HttpProxy = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^@\s/]+/?)?$")]
"""URL of a proxy without credentials, because everyone who can read pods can read their environment."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """How generators and gateways reach sources and the JWKS of tokens.

    Attributes:
        private_targets: whether these may have private addresses.
        http_proxy: proxy for `http://`; empty for none.
        https_proxy: proxy for `https://`; empty for none.
        no_proxy: targets that are reached without a proxy, in the format of NO_PROXY.
        allowed_proxies: proxies that a tracker may name in `spec.outgoing`. Proxies may have any address.
        ca_config_map: ConfigMap in each namespace with trackers that has trusted certificates; empty for none.
        ca_key: its key with the certificates, PEM.
    """

    private_targets: bool = True
    http_proxy: HttpProxy = ""
    https_proxy: HttpProxy = ""
    no_proxy: tuple[str, ...] = (".svc", ".cluster.local")
    allowed_proxies: tuple[str, ...] = ()
    ca_config_map: str = ""
    ca_key: str = "ca.crt"


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Limits for authors of FlightTrackers.

    Entries that end in `*` allow every key or name with that prefix.

    Attributes:
        images: prefixes of images in addition to the operator's own, with the registry: "registry.example.org/maps".
        secrets: names of Secrets that need no label.
        hosts: domains in which the host must be; `*` allows every concrete host.
        wildcard_hosts: whether the host may start with `*.`.
        any_host: whether the Ingress may match every host.
        ingress_annotations: annotations of the Ingress or HTTPRoute. Snippets and names of Secrets must be listed by
            their full key.
        service_types: types of the page's Service.
        service_annotations: annotations of the page's Service.
        pod_annotations: annotations of pods; those without a `/` are always allowed.
        pod_labels: labels of pods.
        priority_classes: PriorityClasses of pods.
        control_plane_nodes: whether pods may tolerate the taints of node roles, such as that of control-plane nodes.
        custom_pods: whether a `podTemplate` may have containers, environments and volumes. With these, the author of a
            tracker runs any code beside its Secrets.
        service_accounts: ServiceAccounts of pods.
        volume_types: kinds of volumes of pods.
        pod_security: level of the Pod Security Standards that pods must meet; `privileged` allows everything.
        outgoing: how generators and gateways reach sources and the JWKS of tokens.
        egress: restrictions of the outgoing connections of generators and gateways.
    """

    images: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ("*",)
    wildcard_hosts: bool = False
    any_host: bool = False
    ingress_annotations: tuple[str, ...] = HARMLESS_INGRESS_ANNOTATIONS
    service_types: tuple[str, ...] = HARMLESS_SERVICE_TYPES
    service_annotations: tuple[str, ...] = ()
    pod_annotations: tuple[str, ...] = HARMLESS_POD_ANNOTATIONS
    pod_labels: tuple[str, ...] = HARMLESS_POD_LABELS
    priority_classes: tuple[str, ...] = ()
    control_plane_nodes: bool = False
    custom_pods: bool = False
    service_accounts: tuple[str, ...] = ()
    volume_types: tuple[str, ...] = RESTRICTED_VOLUMES
    pod_security: Literal["restricted", "privileged"] = "restricted"
    outgoing: Outgoing = Outgoing()
    egress: Egress = Egress()


def read_policy(path: Path) -> Policy:
    """Return the policy of a JSON file; omitted fields have their defaults.

    Raises:
        UserError: the file cannot be read, or is not a policy.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Policy)
    except OSError as error:
        raise UserError(f"cannot read the policy {path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise UserError(f"{path} is not a policy: {error}") from error
