"""The page's panels in Chromium against a real gateway: every feature, and every error state."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.browser.newer_gateway import newer_gateway
from tests.browser.scenario import PAGE, running_gateway
from tests.servers.process import LOOPBACK, free_port

Run = Callable[..., str]
SKEW = 'Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + 3_600_000 });'


def test_theme_units_language_and_keys_can_be_chosen_and_are_kept(run: Run) -> None:
    run("preferences")


def test_a_shared_link_shows_the_same(run: Run) -> None:
    run("links")


def test_search_goes_to_what_it_finds_and_filters_only_on_request(run: Run) -> None:
    run("search")


def test_an_airport_has_boards_runways_and_only_its_flights(run: Run) -> None:
    run("airport")


def test_a_selection_is_in_view_in_the_history_and_in_links(run: Run) -> None:
    run("selection")


def test_alerts_for_names_and_areas_are_shown_once(run: Run) -> None:
    run("alerts")


def test_the_card_has_names_scales_and_only_times_that_are_known(run: Run) -> None:
    run("card")


def test_statistics_and_table_can_be_saved(run: Run) -> None:
    run("statistics")


def test_refused_storage_pasted_files_sleep_and_no_network_have_messages(run: Run) -> None:
    run("states")


def test_axe_finds_nothing_in_any_view(run: Run) -> None:
    run("axe")


def test_first_load_needs_at_most_250_kb_of_javascript(run: Run) -> None:
    run("size")


def test_a_gateway_with_tokens_asks_for_one_and_says_why_it_is_rejected(run_at: Run, tmp_path: Path) -> None:
    secret = "a secret of at least thirty-two bytes, for tests only"
    with running_gateway(tmp_path, aircraft=300, interval_s=1, secret=secret) as (server, url):
        run_at("sign_in", server, url, SECRET=secret)


def test_messages_of_an_unknown_version_stop_the_page_with_a_message(run_at: Run, tmp_path: Path) -> None:
    with (
        running_gateway(tmp_path, aircraft=200, interval_s=1) as (server, url),
        newer_gateway(url) as newer,
    ):
        run_at("outdated", server, newer)


def test_missing_tiles_are_replaced_by_the_built_in_map(run_at: Run, tmp_path: Path) -> None:
    nowhere = f"http://{LOOPBACK}:{free_port()}/{{z}}/{{x}}/{{y}}.png"
    with running_gateway(tmp_path, aircraft=500, interval_s=1, tiles_url=nowhere) as (server, url):
        run_at("tiles", server, url)


def test_a_clock_that_is_an_hour_fast_is_reported_and_moves_nothing(run_at: Run, tmp_path: Path) -> None:
    """A worker has its own clock, so the page is built again with the same wrong clock in both."""
    page = tmp_path / "page"
    shutil.copytree(PAGE, page)
    workers = list(page.glob("_next/static/chunks/turbopack-worker*.js"))
    assert workers, "the page's worker is not where it was"
    for script in workers:
        script.write_text(f"{SKEW}\n{script.read_text(encoding='utf-8')}", encoding="utf-8")
    with running_gateway(tmp_path, aircraft=500, interval_s=1, page=page) as (server, url):
        run_at("clock", server, url, SKEW=SKEW)
