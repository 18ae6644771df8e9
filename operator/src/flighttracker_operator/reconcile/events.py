"""Kubernetes events about a tracker, which `kubectl describe ft` shows below its conditions.

There is one for each transition. It is created after the status was written, so a restarted operator does not repeat
it. If an event cannot be created, that is only logged.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from typing import Final

from flighttracker.spec import KIND, STORED_API_VERSION
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import MANAGER
from flighttracker_operator.objects.kinds import EVENTS
from flighttracker_operator.objects.store import TrackerKey
from flighttracker_operator.status import Transition

_logger = logging.getLogger(__name__)

MESSAGE_CHARACTERS: Final = 1024
"""The API server rejects longer messages."""


async def create_events(api: Api, key: TrackerKey, uid: str, changes: Iterable[Transition], now: str) -> None:
    """Log each transition and create an event for it."""
    for transition in changes:
        (_logger.warning if transition.type == "Warning" else _logger.info)("%s: %s", key, transition.message)
        try:
            await api.create(EVENTS, event(key, uid, transition, now))
        except ApiError as error:
            _logger.debug("%s: the event could not be created: %s", key, error)


def event(key: TrackerKey, uid: str, transition: Transition, now: str) -> Manifest:
    """Return the event for a transition; its name is derived from the transition and the time."""
    digest = hashlib.sha256(f"{uid}{transition}{now}".encode()).hexdigest()[:16]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{key.name}.{digest}", "namespace": key.namespace},
        "involvedObject": {
            "apiVersion": STORED_API_VERSION,
            "kind": KIND,
            "namespace": key.namespace,
            "name": key.name,
            "uid": uid,
        },
        "type": transition.type,
        "reason": transition.reason,
        "message": transition.message[:MESSAGE_CHARACTERS],
        "source": {"component": MANAGER},
        "reportingComponent": MANAGER,
        "reportingInstance": MANAGER,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
