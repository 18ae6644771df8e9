"""The kinds that the operator reads and writes, builtin and optional. Pure.

The resync discovers which optional kinds a cluster serves, and in which version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flighttracker.spec import KIND, STORED_API_VERSION
from flighttracker_operator.crd import PLURAL


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object in a version that the API server serves.

    Attributes:
        api_version: `apps/v1`, or `v1` for the core.
        name: `StatefulSet`.
        plural: `statefulsets`, as in URL paths.
        applied: whether the operator writes objects of this kind, or only reads them.
        pruned: whether it deletes objects that are no longer desired; never volumes.
        optional: whether clusters exist that do not serve it.
        by_name: whether its objects are only read by name, and never listed or watched.
    """

    api_version: str
    name: str
    plural: str
    applied: bool = True
    pruned: bool = True
    optional: bool = False
    by_name: bool = False

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version without the group."""
        return self.api_version.rpartition("/")[2]

    @property
    def resource(self) -> str:
        """`statefulsets.apps`, as in RBAC rules and kubectl."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str | None, name: str | None = None) -> str:
        """Return the URL path of an object, or of a list without `name`; without a namespace, of the whole cluster."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        scope = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}{scope}/{self.plural}" + (f"/{name}" if name else "")


TRACKER: Final = Kind(STORED_API_VERSION, KIND, PLURAL, applied=False, pruned=False)

BUILTIN: Final = (
    Kind("v1", "ConfigMap", "configmaps"),
    # Whoever may list or watch Secrets reads those of everybody. The operator knows the names of those that it needs.
    Kind("v1", "Secret", "secrets", by_name=True),
    Kind("v1", "Service", "services"),
    Kind("apps/v1", "StatefulSet", "statefulsets"),
    Kind("apps/v1", "Deployment", "deployments"),
    Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    Kind("networking.k8s.io/v1", "Ingress", "ingresses"),
    Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    # StatefulSets create them; the operator only resizes them.
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", pruned=False),
    Kind("v1", "Pod", "pods", applied=False, pruned=False),
)
"""Kinds that every cluster serves."""

OPTIONAL: Final = (
    Kind("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes", optional=True),
    *(
        Kind(f"gateway.networking.k8s.io/{version}", "BackendTLSPolicy", "backendtlspolicies", optional=True)
        for version in ("v1", "v1alpha3")
    ),
    Kind("keda.sh/v1alpha1", "ScaledObject", "scaledobjects", optional=True),
    Kind("monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors", optional=True),
    Kind("monitoring.coreos.com/v1", "PrometheusRule", "prometheusrules", optional=True),
    *(
        Kind(f"kafka.strimzi.io/{version}", kind, plural, optional=True)
        for version in ("v1", "v1beta2")
        for kind, plural in (
            ("KafkaNodePool", "kafkanodepools"),
            ("Kafka", "kafkas"),
            ("KafkaTopic", "kafkatopics"),
            ("KafkaUser", "kafkausers"),
        )
    ),
)
"""Kinds of optional APIs; of two versions of a kind, the first that is served is used."""

OPTIONAL_GROUPS: Final = frozenset(kind.group for kind in OPTIONAL)
"""API groups that the operator can work without."""

OPENSHIFT: Final = "security.openshift.io/v1"
"""Served by OpenShift, whose admission assigns user ids."""

ALSO_DISCOVERED: Final = ("cert-manager.io/v1", OPENSHIFT)
"""API versions whose presence is a fact for the manifests, although the operator uses no kind of them."""

EVENTS: Final = Kind("v1", "Event", "events", applied=False, pruned=False)
LEASES: Final = Kind("coordination.k8s.io/v1", "Lease", "leases", applied=False, pruned=False)
INGRESS_CLASSES: Final = Kind("networking.k8s.io/v1", "IngressClass", "ingressclasses", applied=False, pruned=False)
