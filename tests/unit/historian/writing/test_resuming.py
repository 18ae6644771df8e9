from __future__ import annotations

import pytest

from flighttracker_historian.files.names import HOUR_MS, FileName
from flighttracker_historian.writing.resuming import Resume, resume_of


def name(first: int, following: int, *, hour: int = 0, part: int = 1, parts: int = 1, log: int = 1) -> FileName:
    return FileName(hour * HOUR_MS, 0, log, first, following, part, parts)


WHOLE = [name(0, 100), name(100, 200)]
FIRST_HALF = name(200, 300, part=1, parts=2)
SECOND_HALF = name(200, 300, hour=1, part=2, parts=2)


@pytest.mark.parametrize(
    ("names", "committed", "resume"),
    [
        ([], None, Resume(0, None, ())),
        ([], 50, Resume(0, 50, ())),
        (WHOLE, None, Resume(1, 200, ())),
        (WHOLE, 100, Resume(1, 200, ())),
        (WHOLE, 250, Resume(1, 250, ())),
        ([*WHOLE, FIRST_HALF], 200, Resume(1, 200, (FIRST_HALF,))),
        ([*WHOLE, SECOND_HALF], None, Resume(1, 200, (SECOND_HALF,))),
        ([*WHOLE, FIRST_HALF, SECOND_HALF], 200, Resume(1, 300, ())),
        ([FIRST_HALF], None, Resume(1, None, (FIRST_HALF,))),
        # The other half was removed, because it is too old.
        ([SECOND_HALF], 300, Resume(1, 300, ())),
        # The other half was compacted.
        ([name(0, 300), SECOND_HALF], 200, Resume(1, 300, ())),
        ([*WHOLE, name(0, 10, log=2)], 200, Resume(2, 200, ())),
        ([*WHOLE, name(0, 10, log=2)], None, Resume(2, 10, ())),
        ([name(0, 900)._replace(shard=1)], None, Resume(0, None, ())),
    ],
)
def test_a_shard_continues_behind_its_last_whole_range(
    names: list[FileName], committed: int | None, resume: Resume
) -> None:
    assert resume_of(names, 0, committed) == resume
