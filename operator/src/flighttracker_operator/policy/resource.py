"""Violations of the policy by fields of the resource: images, proxies, accounts, the Ingress and `podTemplate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import claim_names
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component
from flighttracker_operator.model.pod_templates import pod_templates
from flighttracker_operator.model.policy import HARMLESS_INGRESS_ANNOTATIONS, Policy
from flighttracker_operator.policy.images import may_use_image
from flighttracker_operator.policy.matching import allows_annotation, allows_host, is_listed, is_one_value
from flighttracker_operator.policy.pods import pod_violations
from flighttracker_operator.policy.violation import Violation, at_key, component_of, violation

WITH_PODS: Final = frozenset({"Deployment", "StatefulSet", "Kafka", "KafkaNodePool"})
WITH_SOURCES: Final = frozenset[Component]({"generator", "gateway"})
INGRESS: Final = frozenset[Component]({"ingress"})
WEB: Final = frozenset[Component]({"web"})
HISTORIAN: Final = frozenset[Component]({"historian"})
DEFAULT_ACCOUNT: Final = "default"
"""ServiceAccount of pods that name none. A cloud can give it an identity, without a token of Kubernetes."""


def violations(tracker: FlightTracker, facts: Facts, wanted: Sequence[Manifest]) -> Iterator[Violation]:
    """Yield the violations by images, by the Ingress, by the page's Service and by `podTemplate`."""
    with_pods = frozenset(component_of(manifest) for manifest in wanted if manifest["kind"] in WITH_PODS)
    yield from _proxies(tracker, facts.policy)
    yield from _identity(tracker, facts.policy)
    yield from _images(tracker, facts, wanted)
    if with_pods:
        yield from pod_violations(tracker, facts, wanted, with_pods)
    if tracker.spec.ingress.enabled:
        yield from _ingress(tracker, facts.policy)
    if tracker.spec.web.enabled:
        yield from _service(tracker, facts.policy)


def claim_violations(tracker: FlightTracker, facts: Facts) -> Iterator[Violation]:
    """Yield a violation for each volume of others that a builtin server would use because of its name."""
    for name, component in claim_names(tracker).items():
        if name in facts.foreign_claims:
            message = (
                f"PersistentVolumeClaim {name} exists but was not made for this tracker, which needs a claim of this "
                "name: delete the claim, or rename the tracker"
            )
            yield Violation(frozenset({component}), message)


def _proxies(tracker: FlightTracker, policy: Policy) -> Iterator[Violation]:
    outgoing = tracker.spec.outgoing
    for field, proxy in (("httpProxy", outgoing.http_proxy), ("httpsProxy", outgoing.https_proxy)) if outgoing else ():
        if proxy is not None and not is_listed(proxy, policy.outgoing.allowed_proxies):
            yield violation(WITH_SOURCES, f"spec.outgoing.{field}", proxy, "outgoing.allowedProxies")


def _identity(tracker: FlightTracker, policy: Policy) -> Iterator[Violation]:
    """Yield the use of a bucket with the identity of an account that the author did not have to name."""
    history, bucket = tracker.spec.history, tracker.spec.history.storage.s3
    if not history.enabled or bucket is None or bucket.credentials_secret is not None:
        return
    named = any(one.template.service_account_name for one in pod_templates(tracker, "historian"))
    if not named and not is_listed(DEFAULT_ACCOUNT, policy.service_accounts):
        yield violation(HISTORIAN, "spec.history.storage.s3.credentialsSecret", None, "serviceAccounts")


def _images(tracker: FlightTracker, facts: Facts, wanted: Sequence[Manifest]) -> Iterator[Violation]:
    overrides: Mapping[str, str | None] = tracker.spec.pod_template.image_overrides.model_dump()
    for field, image in overrides.items():
        if image is not None and not may_use_image(image, facts):
            users = frozenset(component_of(manifest) for manifest in wanted if image in _images_of(manifest))
            if users:
                yield violation(users, f"spec.podTemplate.imageOverrides.{field}", image, "images")


def _images_of(manifest: Manifest) -> set[str]:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return {container["image"] for container in (*pod.get("containers", ()), *pod.get("initContainers", ()))}


def _ingress(tracker: FlightTracker, policy: Policy) -> Iterator[Violation]:
    wanted = tracker.spec.ingress
    if wanted.host is None:
        if not policy.any_host:
            yield violation(INGRESS, "spec.ingress.host", None, "anyHost")
    elif wanted.host.startswith("*.") and not policy.wildcard_hosts:
        yield violation(INGRESS, "spec.ingress.host", wanted.host, "wildcardHosts")
    elif not allows_host(wanted.host, policy.hosts):
        yield violation(INGRESS, "spec.ingress.host", wanted.host, "hosts")
    for key, value in wanted.annotations.items():
        is_plain = key not in HARMLESS_INGRESS_ANNOTATIONS or is_one_value(value)
        if not (is_plain and allows_annotation(key, policy.ingress_annotations)):
            yield violation(INGRESS, at_key("spec.ingress.annotations", key), value, "ingressAnnotations")


def _service(tracker: FlightTracker, policy: Policy) -> Iterator[Violation]:
    wanted = tracker.spec.web.service
    if wanted.type not in policy.service_types:
        yield violation(WEB, "spec.web.service.type", wanted.type, "serviceTypes")
    for key, value in wanted.annotations.items():
        if not is_listed(key, policy.service_annotations):
            yield violation(WEB, at_key("spec.web.service.annotations", key), value, "serviceAnnotations")
