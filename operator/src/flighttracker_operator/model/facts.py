"""Facts about the cluster: the input of `desired(tracker, facts)` besides the resource. Pure.

The reconciler gathers them from the API server once a pass. Randomness is also an input: the passwords of Kafka and
Redis are read from their Secrets, and only generated if there are none. `manifests.referenced_secrets` and
`names.strimzi_cluster` name the objects to read; `secret_facts` and `workload_facts` extract the facts from them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flighttracker_operator.model.images import Images
from flighttracker_operator.model.policy import USE_LABEL, Policy
from flighttracker_operator.model.runbooks import RUNBOOK_URL

Manifest = dict[str, Any]
"""A Kubernetes object as a JSON object."""

SECRETS_ANNOTATION: Final = "flighttracker.io/secrets"
"""Annotation of a pod template: digest and keys of each Secret that the pods use, as JSON. It changes with a Secret,
which restarts the pods. The facts about a deleted Secret are read from it, so its pods are not restarted."""

CERTIFICATE_ANNOTATION: Final = "cert-manager.io/certificate-name"
"""cert-manager's annotation on Secrets that it creates; a certificate for an Ingress has the name of its Secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """An existing Secret that the tracker references, without its values.

    Attributes:
        keys: the keys of its data; conditions report those that are missing.
        digest: digest of keys and values, keyed with the Secret's UID; the pods that use the Secret restart when it
            changes. Everyone who can read pods sees it, but only those who can read the Secret know its UID, so others
            cannot test guesses of a weak password.
        is_offered: whether trackers may use it: it has `USE_LABEL`, or it was made for this tracker.
        certificate: name of cert-manager's Certificate that writes it; empty if there is none.
    """

    keys: frozenset[str]
    digest: str
    is_offered: bool = False
    certificate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadFacts:
    """The fields of a live StatefulSet or Deployment that its next version depends on.

    Attributes:
        pod_annotations: annotations of its pod template, including `SECRETS_ANNOTATION`.
        replicas: the requested number of pods.
    """

    pod_annotations: Mapping[str, str]
    replicas: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts that one pass gathered for one tracker.

    Attributes:
        uid: `metadata.uid` of the tracker, for owner references.
        namespace: `metadata.namespace` of the tracker.
        generation: `metadata.generation` of the tracker.
        images: the images of the operator's release.
        kafka_password: the password in the Secret TRACKER-kafka (key `password`), or a new one if there is none.
            Letters and digits only, because it is also part of a JAAS configuration line. Empty without builtin Kafka.
        redis_password: the password in the Secret TRACKER-redis (key `password`), or a new one if there is none.
            Letters and digits only, because it is also part of a URL. Empty with an external Redis.
        api_versions: optional API versions that the API server serves, as in `apiVersion`:
            `kafka.strimzi.io/v1`, `kafka.strimzi.io/v1beta2`, `monitoring.coreos.com/v1`, `keda.sh/v1alpha1`,
            `gateway.networking.k8s.io/v1`, `cert-manager.io/v1`. Others are ignored.
        optional_kinds: `apiVersion` of the optional kinds that the API server serves, by kind.
        policy: limits for authors of trackers.
        runbook_url: address of the page about an alert, with `{name}` for its name.
        secrets: the existing Secrets of `referenced_secrets(tracker)`, by name.
        ca_config_map: the ConfigMap with trusted certificates, of the resource or the operator; None if there is none.
        made_secrets: the existing Secrets of `named_secrets(tracker)` that are not among `secrets`, by name. The
            operator or cert-manager creates them, unless others have created one of that name.
        workloads: the existing StatefulSets and Deployments of the tracker, by name.
        kafka_cluster_id: the cluster id with which the live nodes of the builtin Kafka were started; empty without any.
        has_autoscaler: whether a HorizontalPodAutoscaler or ScaledObject of the tracker exists.
        volume_claims: size (`spec.resources.requests.storage`) of the PersistentVolumeClaims with the tracker's label,
            by name.
        foreign_claims: the names in `claim_names(tracker)` with which PersistentVolumeClaims of others exist. A
            StatefulSet would use such a claim with its data.
        strimzi_kafka: the live Kafka object of `strimzi_cluster(tracker)`; None with another provider, or if it does
            not exist.
        ingress_classes: `spec.controller` of every IngressClass, by name.
        default_ingress_class: name of the default IngressClass; None if there is none.
    """

    uid: str
    namespace: str
    generation: int = 1
    images: Images = field(default_factory=Images)
    policy: Policy = field(default_factory=Policy)
    runbook_url: str = RUNBOOK_URL
    kafka_password: str
    redis_password: str
    api_versions: frozenset[str] = frozenset()
    optional_kinds: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretFacts] = field(default_factory=dict)
    ca_config_map: SecretFacts | None = None
    made_secrets: Mapping[str, SecretFacts] = field(default_factory=dict)
    workloads: Mapping[str, WorkloadFacts] = field(default_factory=dict)
    kafka_cluster_id: str = ""
    has_autoscaler: bool = False
    volume_claims: Mapping[str, str] = field(default_factory=dict)
    foreign_claims: frozenset[str] = frozenset()
    strimzi_kafka: Manifest | None = None
    ingress_classes: Mapping[str, str] = field(default_factory=dict)
    default_ingress_class: str | None = None

    def serves(self, *api_versions: str) -> str | None:
        """Return the first of these API versions that the API server serves, or None."""
        return next((version for version in api_versions if version in self.api_versions), None)

    def secret(self, name: str) -> SecretFacts | None:
        """Return a Secret as it exists, else as recorded on a workload that mounts it, else None."""
        return self.secrets.get(name) or next(
            (known[name] for workload in self.workloads.values() if name in (known := _noted_secrets(workload))), None
        )

    def keys_of(self, name: str) -> frozenset[str]:
        """Return the keys of a Secret; empty if it is unknown."""
        secret = self.secret(name)
        return secret.keys if secret else frozenset()


def secret_facts(secret: Manifest, *, is_own: bool = False) -> SecretFacts:
    """Return the facts about a live Secret; `is_own` if it was made for this tracker."""
    data: Mapping[str, str] = secret.get("data") or {}
    labels = secret["metadata"].get("labels") or {}
    digest = digest_of(data, key=secret["metadata"]["uid"])
    return SecretFacts(
        keys=frozenset(data),
        digest=digest,
        is_offered=is_own or labels.get(USE_LABEL) == "true",
        certificate=(secret["metadata"].get("annotations") or {}).get(CERTIFICATE_ANNOTATION, ""),
    )


def workload_facts(live: Manifest) -> WorkloadFacts:
    """Return the facts about a live StatefulSet or Deployment."""
    spec = live["spec"]
    return WorkloadFacts(
        pod_annotations=dict(spec["template"].get("metadata", {}).get("annotations") or {}),
        replicas=spec.get("replicas", 1),
    )


def note_secrets(secrets: Mapping[str, SecretFacts]) -> str:
    """Return the value of `SECRETS_ANNOTATION` for these Secrets."""
    notes = {name: {"digest": secret.digest, "keys": sorted(secret.keys)} for name, secret in secrets.items()}
    return json.dumps(notes, sort_keys=True)


def noted_digests(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of the Secrets in the metadata of a pod template, by name."""
    secrets = _noted_secrets(WorkloadFacts(pod_annotations=metadata.get("annotations") or {}))
    return {name: secret.digest for name, secret in secrets.items()}


def _noted_secrets(workload: WorkloadFacts) -> dict[str, SecretFacts]:
    """Return the Secrets recorded in a workload's annotation; none if the annotation was edited and cannot be read."""
    try:
        notes = json.loads(workload.pod_annotations.get(SECRETS_ANNOTATION, "{}"))
        return {
            name: SecretFacts(keys=frozenset(note["keys"]), digest=str(note["digest"])) for name, note in notes.items()
        }
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}


def digest_of(data: Mapping[str, str], *, key: str = "") -> str:
    """Return a digest of names and values, 16 hexadecimal digits, independent of their order.

    Args:
        data: values by name.
        key: key of an HMAC, without which the digest cannot be computed; empty for a plain hash.
    """
    digest = hmac.new(key.encode(), digestmod=hashlib.sha256) if key else hashlib.sha256()
    for name in sorted(data):
        for text in (name, data[name]):
            digest.update(f"{len(text)}:{text}".encode())
    return digest.hexdigest()[:16]
