"""Violations of the policy by Secrets that a tracker references.

A tracker can use Secrets with the label, Secrets that the policy lists, and those that were made for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel

from flighttracker.spec import FlightTracker
from flighttracker.spec.pod_template import secret_references
from flighttracker_operator.manifests import named_secrets, referenced_secrets
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import (
    COMPONENT_LABEL,
    Component,
    strimzi_ca_secret,
    strimzi_cluster,
    strimzi_user,
)
from flighttracker_operator.model.pod_templates import WITH_PODS, pod_templates
from flighttracker_operator.model.policy import USE_LABEL
from flighttracker_operator.policy.matching import is_listed
from flighttracker_operator.policy.violation import Violation


def secret_violations(tracker: FlightTracker, facts: Facts, wanted: Sequence[Manifest]) -> Iterator[Violation]:
    """Yield a violation for each existing Secret that the tracker references but is not allowed to use."""
    for name in named_secrets(tracker):
        secret = facts.secrets.get(name) or facts.made_secrets.get(name)
        if secret is None or secret.is_offered or name in _certificates(tracker):
            continue
        if not is_listed(name, facts.policy.secrets):
            yield Violation(components_with({name}, wanted), _problem(tracker, name))


def _problem(tracker: FlightTracker, name: str) -> str:
    field = next(paths_of(tracker.spec, name, "spec"), None) or next(
        (
            path
            for component in WITH_PODS
            for path, template in pod_templates(tracker, component)
            if name in template.secret_keys
        ),
        None,
    )
    if field is None:
        return (
            f"Secret {name} exists but was not made for this tracker, which needs a Secret of this name: delete the "
            "Secret, or rename the tracker"
        )
    return (
        f"{field} names Secret {name}, which lacks the label {USE_LABEL}=true: ask its owner to add the label, or the "
        "cluster's administrator to list it in policy.secrets of the operator's chart"
    )


def absent_secrets(tracker: FlightTracker, facts: Facts) -> frozenset[str]:
    """Return the referenced Secrets that do not exist yet, so it is unknown whether the tracker may use them."""
    cluster = strimzi_cluster(tracker)
    expected = {strimzi_user(tracker), strimzi_ca_secret(cluster)} if cluster else set()
    return frozenset(
        name
        for name in referenced_secrets(tracker)
        if name not in facts.secrets and name not in expected and not is_listed(name, facts.policy.secrets)
    )


def components_with(secrets: Iterable[str], wanted: Iterable[Manifest]) -> frozenset[Component]:
    """Return the components whose pods or Ingress use one of these Secrets."""
    names = frozenset(secrets)
    if not names:
        return frozenset()
    return frozenset(
        manifest["metadata"]["labels"][COMPONENT_LABEL] for manifest in wanted if names & _secrets_of(manifest)
    )


def _secrets_of(manifest: Manifest) -> set[str]:
    if manifest["kind"] == "Ingress":
        return {tls["secretName"] for tls in manifest["spec"].get("tls", ())}
    if manifest["kind"] == "Kafka":
        return {name for name, _key in secret_references(manifest["spec"]["entityOperator"]["template"])}
    if manifest["kind"] not in ("Deployment", "StatefulSet", "KafkaNodePool"):
        return set()
    return {name for name, _key in secret_references(manifest["spec"]["template"])}


def _certificates(tracker: FlightTracker) -> frozenset[str]:
    """Return the Secret with the CA certificate of a Strimzi cluster; the certificate is public."""
    cluster = strimzi_cluster(tracker)
    return frozenset({strimzi_ca_secret(cluster)} if cluster else ())


def paths_of(part: object, name: str, path: str) -> Iterator[str]:
    """Yield the paths of the fields that reference a Secret."""
    if isinstance(part, BaseModel):
        for field, info in type(part).model_fields.items():
            below, value = f"{path}.{info.alias or field}", getattr(part, field)
            if value == name and "secret" in field:
                yield below
            yield from paths_of(value, name, below)
    elif isinstance(part, tuple):
        for number, item in enumerate(part):
            yield from paths_of(item, name, f"{path}[{number}]")
