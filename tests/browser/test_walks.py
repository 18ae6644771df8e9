"""The page used by finger alone, in Chromium, of a tracker with a history and a receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.browser.gallery_files import write_past
from tests.browser.scenario import running_gateway

AIRCRAFT = 2_000
RECEIVER = "\n    receiver: {latitude: 50.03, longitude: 8.57, name: Roof}\n"


@pytest.fixture(scope="module", name="walk")
def walking(run_at: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Yield a function that runs a script of this folder against the tracker."""
    folder = tmp_path_factory.mktemp("walks")
    history = folder / "history"
    write_past(history, AIRCRAFT)
    with running_gateway(folder, AIRCRAFT, interval_s=2, page_fields=RECEIVER, history=history) as (server, url):
        yield lambda scenario: run_at(scenario, server, url)


def test_a_finger_alone_reaches_and_uses_every_part_of_the_page(walk: Callable[[str], str]) -> None:
    walk("touch")


def test_the_keyboard_alone_reaches_and_uses_every_part_of_the_page(walk: Callable[[str], str]) -> None:
    walk("keyboard")
