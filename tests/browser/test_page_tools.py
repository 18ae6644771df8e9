"""What a person lays over the map, in Chromium against a gateway whose tracker names its receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.browser.scenario import running_gateway

Run = Callable[..., str]
RECEIVER = "\n    receiver: {latitude: 50.03, longitude: 8.57, name: Roof}\n"


@pytest.fixture(scope="module", name="run_tools")
def tools_runner(run_at: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Yield a function that runs a script against a gateway with a receiver and 2,000 aircraft."""
    folder = tmp_path_factory.mktemp("tools")
    with running_gateway(folder, aircraft=2_000, interval_s=2, page_fields=RECEIVER) as (server, url):
        yield lambda scenario: run_at(scenario, server, url)


def test_distances_rings_and_nearest_aircraft_are_those_of_the_receiver_or_the_person(run_tools: Run) -> None:
    run_tools("nearby")


def test_no_text_of_the_map_lies_on_another(run_tools: Run) -> None:
    run_tools("map_texts")


def test_fences_are_drawn_with_mouse_keys_and_finger_and_distances_are_measured(run_tools: Run) -> None:
    run_tools("fences")


def test_colours_by_other_quantities_have_a_legend_in_both_renderers(run_tools: Run) -> None:
    run_tools("colours")


def test_several_aircraft_can_be_selected_and_a_kiosk_has_no_controls(run_tools: Run) -> None:
    run_tools("several")
