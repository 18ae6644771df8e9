"""What the pure part knows of the cluster: everything that `desired(tracker, facts)` depends on beside the resource.

The shell gathers it once a pass, by asking the API server; nothing here asks anybody. What is random is passed in: a
password is read from the Secret that holds it, and only made where there is none yet. `manifests.referenced_secrets`
and `manifests.strimzi_cluster` say what to look for; `workload_facts` and `secret_facts` read the answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flighttracker_operator.model.images import Images

Manifest = dict[str, Any]
"""A Kubernetes object as JSON has it."""

SECRETS_ANNOTATION: Final = "flighttracker.io/secrets"
"""On a pod template: digest and keys of each Secret, as far as the pods use them, as JSON. A changed Secret changes it,
and so rolls the pods; a Secret that has vanished is read from here, so that nothing restarts to wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """A Secret that the tracker names and that exists; its values stay where they are.

    Attributes:
        keys: the keys of its data.
        digest: of keys and values, keyed with the Secret's UID: everybody who reads pods sees it, and only those who
            read the Secret itself know its UID, so nobody else can test guesses of a weak password. Another value means
            that the pods which mount it must be rolled.
    """

    keys: frozenset[str]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadFacts:
    """A live StatefulSet or Deployment of the tracker, as far as the next one depends on it.

    Attributes:
        pod_annotations: annotations of its pod template, `SECRETS_ANNOTATION` among them.
        volume_claims: size of each volume claim template by its name; Kubernetes never lets it change.
    """

    pod_annotations: Mapping[str, str]
    volume_claims: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one pass over one tracker found.

    Attributes:
        uid: `metadata.uid` of the tracker; its children name it as their owner.
        namespace: `metadata.namespace` of the tracker.
        generation: `metadata.generation` of the tracker.
        images: the images of the operator's release.
        redis_password: that of the Secret TRACKER-redis (key `password`), or a fresh one where there is none; letters
            and digits only, because it also stands in a URL. Nothing with an external Redis.
        api_versions: optional API versions that the server serves, as `apiVersion` writes them:
            `kafka.strimzi.io/v1`, `kafka.strimzi.io/v1beta2`, `monitoring.coreos.com/v1`, `keda.sh/v1alpha1`,
            `gateway.networking.k8s.io/v1`, `cert-manager.io/v1`. Others do no harm.
        secrets: those of `referenced_secrets(tracker)` that exist, by name.
        workloads: the tracker's own StatefulSets and Deployments that exist, by name.
        volume_claims: size (`spec.resources.requests.storage`) of the PersistentVolumeClaims that carry the tracker's
            label, by name.
        strimzi_kafka: the Kafka object of `strimzi_cluster(tracker)` as the API server has it, None when the provider
            is another or it does not exist.
        ingress_classes: `spec.controller` of every IngressClass by its name.
        default_ingress_class: the IngressClass that is marked as the default, None where there is none.
    """

    uid: str
    namespace: str
    generation: int = 1
    images: Images = field(default_factory=Images)
    redis_password: str
    api_versions: frozenset[str] = frozenset()
    secrets: Mapping[str, SecretFacts] = field(default_factory=dict)
    workloads: Mapping[str, WorkloadFacts] = field(default_factory=dict)
    volume_claims: Mapping[str, str] = field(default_factory=dict)
    strimzi_kafka: Manifest | None = None
    ingress_classes: Mapping[str, str] = field(default_factory=dict)
    default_ingress_class: str | None = None

    def serves(self, *api_versions: str) -> str | None:
        """Return the first of these API versions that the server serves, None when it serves none of them."""
        return next((version for version in api_versions if version in self.api_versions), None)

    def secret(self, name: str) -> SecretFacts | None:
        """Return what is known of a Secret: as it is, else as it was when pods were last rolled for it, else None."""
        return self.secrets.get(name) or next(
            (known[name] for workload in self.workloads.values() if name in (known := _noted_secrets(workload))), None
        )

    def keys_of(self, name: str) -> frozenset[str]:
        """Return the keys of a Secret; none when nothing is known of it."""
        secret = self.secret(name)
        return secret.keys if secret else frozenset()


def secret_facts(secret: Manifest) -> SecretFacts:
    """Return what is known of a Secret, from the object as the API server has it."""
    data: Mapping[str, str] = secret.get("data") or {}
    return SecretFacts(keys=frozenset(data), digest=digest_of(data, key=secret["metadata"]["uid"]))


def workload_facts(live: Manifest) -> WorkloadFacts:
    """Return what is known of a live StatefulSet or Deployment, from the object as the API server has it."""
    spec = live["spec"]
    return WorkloadFacts(
        pod_annotations=dict(spec["template"].get("metadata", {}).get("annotations") or {}),
        volume_claims={
            claim["metadata"]["name"]: claim["spec"]["resources"]["requests"]["storage"]
            for claim in spec.get("volumeClaimTemplates", ())
        },
    )


def note_secrets(secrets: Mapping[str, SecretFacts]) -> str:
    """Return the value of `SECRETS_ANNOTATION`."""
    notes = {name: {"digest": secret.digest, "keys": sorted(secret.keys)} for name, secret in secrets.items()}
    return json.dumps(notes, sort_keys=True)


def _noted_secrets(workload: WorkloadFacts) -> dict[str, SecretFacts]:
    """Return what a workload's annotation says; somebody may have edited it, then it says nothing."""
    try:
        notes = json.loads(workload.pod_annotations.get(SECRETS_ANNOTATION, "{}"))
        return {
            name: SecretFacts(keys=frozenset(note["keys"]), digest=str(note["digest"])) for name, note in notes.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def digest_of(data: Mapping[str, str], *, key: str = "") -> str:
    """Return 16 hexadecimal digits that differ when a name or a value does; the order says nothing.

    Args:
        data: what is digested.
        key: without it nobody can compute the digest; empty: anybody can.
    """
    digest = hmac.new(key.encode(), digestmod=hashlib.sha256) if key else hashlib.sha256()
    for name in sorted(data):
        for text in (name, data[name]):
            digest.update(f"{len(text)}:{text}".encode())
    return digest.hexdigest()[:16]
