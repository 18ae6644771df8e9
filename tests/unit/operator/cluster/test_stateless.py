"""kopf keeps no per-object memory."""

from __future__ import annotations

import kopf

from flighttracker_operator.cluster.stateless import NoMemories


async def test_each_event_gets_a_new_memory_that_is_not_stored() -> None:
    memories = NoMemories()
    body = kopf.RawBody(metadata={"uid": "1"})
    first = await memories.recall(body, noticed_by_listing=True)
    assert first.noticed_by_listing
    assert await memories.recall(body) is not first
    assert list(memories.iter_all_memories()) == []
