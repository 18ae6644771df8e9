"""Gathers the facts of one pass, from the store and the API server.

Only objects without a watch are requested: the Secrets that the resource names, an existing Strimzi Kafka, and events
of workloads that cannot create their pods. `own_secrets` has read the operator's own. Missing passwords of Kafka and
Redis are generated here, because rendering has no randomness.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from flighttracker.known_secrets import remember
from flighttracker.spec import FlightTracker
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import RejectedError
from flighttracker_operator.cluster.sync import Cluster
from flighttracker_operator.manifests import claim_names, named_secrets, referenced_secrets
from flighttracker_operator.manifests.outgoing import ca_bundle
from flighttracker_operator.manifests.scaling import AUTOSCALERS
from flighttracker_operator.model.facts import (
    CERTIFICATE_ANNOTATION,
    Facts,
    Manifest,
    SecretFacts,
    digest_of,
    secret_facts,
    workload_facts,
)
from flighttracker_operator.model.images import Images
from flighttracker_operator.model.names import (
    TRACKER_LABEL,
    certificate_secret,
    child_name,
    has_issuer,
    kafka_secret,
    redis_secret,
    strimzi_cluster,
)
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.model.runbooks import RUNBOOK_URL
from flighttracker_operator.objects.kinds import EVENTS, Kind
from flighttracker_operator.objects.store import Bodies, Entry

EVENT_AGE_S: Final = 10.0
"""How long the last event of an object is used before events are listed again."""
SHARED_S: Final = 1.0
"""How long objects of a namespace share one list of events."""
_FAILED: Final = "involvedObject.kind=StatefulSet,reason=FailedCreate"
_UNPROVISIONED: Final = "involvedObject.kind=PersistentVolumeClaim,type=Warning"
PASSWORD_BYTES: Final = 24
_CLUSTER_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}")
_PASSWORD: Final = re.compile(r"[A-Za-z0-9]{8,128}")


async def gather(
    api: Api,
    cluster: Cluster,
    tracker: FlightTracker,
    *,
    uid: str,
    generation: int,
    images: Images,
    policy: Policy,
    runbook_url: str = RUNBOOK_URL,
    live: Iterable[Entry],
) -> Facts:
    """Return the facts of one pass.

    Args:
        api: the API server.
        cluster: the result of the last resync.
        tracker: the resource.
        uid: its UID.
        generation: its generation.
        images: the images of the operator's release.
        policy: limits for authors of trackers.
        runbook_url: address of the page about an alert.
        live: its children.

    Raises:
        ApiError: a request failed.
    """
    namespace, spec = tracker.metadata.namespace or "", tracker.spec
    entries = [entry for entry in live if entry.belongs_to(uid)]
    own = Bodies(entries)
    found = await _named_secrets(api, cluster.kinds["Secret"], tracker, own)
    makers = {uid, *(entry.uid for entry in entries)}
    seen = {name: secret_facts(secret, is_own=_is_own(tracker, secret, makers)) for name, secret in found.items()}
    referenced = referenced_secrets(tracker).keys()
    return Facts(
        uid=uid,
        namespace=namespace,
        generation=generation,
        images=images,
        policy=policy,
        runbook_url=runbook_url,
        ca_config_map=await _ca_config_map(api, cluster.kinds["ConfigMap"], tracker, policy),
        kafka_password=_password(found.get(kafka_secret(tracker)), uid) if spec.kafka.provider == "builtin" else "",
        redis_password=_password(found.get(redis_secret(tracker)), uid) if spec.redis.provider == "builtin" else "",
        api_versions=cluster.api_versions,
        optional_kinds={kind.name: kind.api_version for kind in cluster.kinds.values() if kind.optional},
        secrets={name: known for name, known in seen.items() if name in referenced},
        made_secrets={name: known for name, known in seen.items() if name not in referenced},
        workloads={
            body["metadata"]["name"]: workload_facts(body)
            for body in (*own.of_kind("StatefulSet"), *own.of_kind("Deployment"))
        },
        kafka_cluster_id=_kafka_cluster_id(own.get(("StatefulSet", child_name(tracker, "kafka")))),
        has_autoscaler=any(entry.key.kind in AUTOSCALERS for entry in entries),
        volume_claims={
            body["metadata"]["name"]: str(body["spec"]["resources"]["requests"]["storage"])
            for body in own.of_kind("PersistentVolumeClaim")
        },
        foreign_claims=await _foreign_claims(api, cluster.kinds["PersistentVolumeClaim"], tracker, own, uid),
        strimzi_kafka=await _strimzi_kafka(api, cluster, tracker),
        ingress_classes=cluster.ingress_classes or {},
        default_ingress_class=cluster.default_ingress_class,
    )


async def _named_secrets(
    api: Api, kind: Kind, tracker: FlightTracker, own: Mapping[tuple[str, str], Manifest]
) -> dict[str, Manifest]:
    """Return the existing Secrets of `named_secrets(tracker)`; those that the operator made come from the store."""
    found = {}
    for name in sorted(named_secrets(tracker)):
        secret = own.get(("Secret", name)) or await api.get(kind, tracker.metadata.namespace, name)
        if secret is not None:
            found[name] = secret
    return found


async def _ca_config_map(api: Api, kind: Kind, tracker: FlightTracker, policy: Policy) -> SecretFacts | None:
    bundle = ca_bundle(tracker, policy.outgoing)
    if bundle is None or bundle.config_map_name is None:
        return None
    found = await api.get(kind, tracker.metadata.namespace, bundle.config_map_name)
    if found is None:
        return None
    data = found.get("data") or {}
    return SecretFacts(keys=frozenset(data), digest=digest_of({bundle.key: data.get(bundle.key, "")}))


def _password(secret: Manifest | None, uid: str) -> str:
    """Return the existing password, or a new one if there is none or its Secret does not belong to the tracker."""
    encoded = (secret.get("data") or {}).get("password", "") if secret and _has_owner(secret, {uid}) else ""
    try:
        password = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    if not _PASSWORD.fullmatch(password):
        password = secrets.token_hex(PASSWORD_BYTES)
    remember(password)
    return password


def _is_own(tracker: FlightTracker, secret: Manifest, makers: AbstractSet[str]) -> bool:
    """Return whether a Secret was made for the tracker: by the operator, Strimzi's KafkaUser or cert-manager."""
    name = secret["metadata"]["name"]
    if has_issuer(tracker) and name == certificate_secret(tracker) and name not in referenced_secrets(tracker):
        return bool((secret["metadata"].get("annotations") or {}).get(CERTIFICATE_ANNOTATION) == name)
    return _has_owner(secret, makers)


def _has_owner(body: Manifest, uids: AbstractSet[str]) -> bool:
    owners = body.get("metadata", {}).get("ownerReferences") or ()
    return any(owner["uid"] in uids for owner in owners)


def _kafka_cluster_id(live: Manifest | None) -> str:
    """Return the cluster id in the command of the builtin Kafka's nodes; empty without a live StatefulSet."""
    containers = live["spec"]["template"]["spec"]["containers"] if live else ()
    command = next((one.get("command") or () for one in containers if one["name"] == "kafka"), ())
    script = next((number for number, word in enumerate(command) if word.endswith("/start.sh")), len(command))
    return command[script + 1] if script + 1 < len(command) and _CLUSTER_ID.fullmatch(command[script + 1]) else ""


async def _foreign_claims(
    api: Api, kind: Kind, tracker: FlightTracker, own: Mapping[tuple[str, str], Manifest], uid: str
) -> frozenset[str]:
    """Return the claims of `claim_names(tracker)` that exist and carry neither the tracker's UID nor its label."""
    foreign = set()
    for name in claim_names(tracker):
        if (kind.name, name) not in own:
            claim = await api.get_metadata(kind, tracker.metadata.namespace or "", name)
            labels = (claim or {}).get("metadata", {}).get("labels") or {}
            if claim and not _has_owner(claim, {uid}) and labels.get(TRACKER_LABEL) != tracker.metadata.name:
                foreign.add(name)
    return frozenset(foreign)


async def _strimzi_kafka(api: Api, cluster: Cluster, tracker: FlightTracker) -> Manifest | None:
    name, kind = strimzi_cluster(tracker), cluster.kinds.get("Kafka")
    if name is None or kind is None:
        return None
    return await api.get(kind, tracker.metadata.namespace, name)


class Warnings:
    """Reads from events what no condition reports: why StatefulSets create no pods, and volume claims get no volume.

    Events are only listed for StatefulSets that have too few pods and were seen by their controller, and for pending
    claims. Listing the events of a namespace is expensive, so each object causes at most one list every `EVENT_AGE_S`,
    and all in a namespace share one list within `SHARED_S`. Otherwise, many trackers that start together would each
    list the events of all.

    Args:
        api: the API server.
        now_s: monotonic time, seconds.
    """

    def __init__(self, api: Api, now_s: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._now_s = now_s
        self._messages: dict[str, tuple[float, str]] = {}
        self._lists: dict[tuple[str, str], tuple[float, asyncio.Task[dict[str, str]]]] = {}

    async def of_sets(self, namespace: str, sets: Iterable[Manifest]) -> dict[str, str]:
        """Return messages by name of the StatefulSet; empty if the operator is not allowed to list events.

        Raises:
            ApiError: a request failed.
        """
        return await self._of(namespace, sets, _lacks_pods, _FAILED)

    async def of_claims(self, namespace: str, claims: Iterable[Manifest]) -> dict[str, str]:
        """Return messages by name of the volume claim; empty if the operator is not allowed to list events.

        Raises:
            ApiError: a request failed.
        """
        return await self._of(namespace, claims, is_pending, _UNPROVISIONED)

    def forget(self, uids: Iterable[str]) -> None:
        """Drop the state of deleted objects."""
        for uid in uids:
            self._messages.pop(uid, None)

    async def _of(
        self, namespace: str, objects: Iterable[Manifest], has_trouble: Callable[[Manifest], bool], fields: str
    ) -> dict[str, str]:
        messages = {}
        for body in objects:
            uid = body["metadata"]["uid"]
            if not has_trouble(body):
                self._messages.pop(uid, None)
                continue
            listed_s, message = self._messages.get(uid, (-math.inf, ""))
            if self._now_s() - listed_s >= EVENT_AGE_S:
                message = (await self._shared_list(namespace, fields)).get(uid, "")
                self._messages[uid] = (self._now_s(), message)
            if message:
                messages[body["metadata"]["name"]] = message
        return messages

    async def _shared_list(self, namespace: str, fields: str) -> dict[str, str]:
        now_s = self._now_s()
        self._lists = {key: found for key, found in self._lists.items() if now_s - found[0] < SHARED_S}
        key = (namespace, fields)
        if key not in self._lists:
            self._lists[key] = (now_s, asyncio.create_task(self._list(namespace, fields)))
        # A cancelled pass must not cancel the list that others wait for.
        return await asyncio.shield(self._lists[key][1])

    async def _list(self, namespace: str, fields: str) -> dict[str, str]:
        """Return the newest message by UID of the object."""
        newest: dict[str, tuple[str, str]] = {}
        try:
            async for page in self._api.pages(EVENTS, namespace, fields=fields):
                for event in page:
                    uid = event["involvedObject"].get("uid", "")
                    when = event.get("lastTimestamp") or event.get("eventTime") or ""
                    newest[uid] = max(newest.get(uid, ("", "")), (when, _words(event)))
        except RejectedError:
            return {}
        return {uid: message for uid, (_, message) in newest.items()}


def _lacks_pods(workload: Manifest) -> bool:
    """Return whether a StatefulSet has too few pods, and its controller has seen it."""
    status = workload.get("status", {})
    return "observedGeneration" in status and status.get("replicas", 0) < workload["spec"].get("replicas", 1)


def is_pending(claim: Manifest) -> bool:
    """Return whether a volume claim has no volume yet."""
    return bool(claim.get("status", {}).get("phase") == "Pending")


def _words(event: Manifest) -> str:
    """Return the message of an event, with the component that created it if that is not a workload's controller."""
    message = str(event.get("message", ""))
    if event["involvedObject"].get("kind") != "PersistentVolumeClaim":
        return message
    component = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
    # A provisioner adds its pod and a number after "_".
    return f"{event['reason']} by {component.partition('_')[0] or 'its provisioner'}: {message}"
