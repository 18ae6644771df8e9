"""kopf is given nothing to remember objects with."""

from __future__ import annotations

import kopf

from flighttracker_operator.cluster.stateless import NoMemories


async def test_no_object_is_remembered() -> None:
    memories = NoMemories()
    body = kopf.RawBody(metadata={"uid": "1"})
    first = await memories.recall(body, noticed_by_listing=True)
    assert first.noticed_by_listing
    assert await memories.recall(body) is not first
    assert list(memories.iter_all_memories()) == []
