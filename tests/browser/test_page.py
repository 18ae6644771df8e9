"""The built page in Chromium against a real gateway process. Each scenario is a script in this folder.

The scripts drive the browser; `scenario` runs the gateway. `UPDATE_SCREENSHOTS=1` also writes the image of the
README.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from scripts.npm_package import build

from tests.browser.scenario import running_gateway

ROOT = Path(__file__).parents[2]
Run = Callable[..., str]


def test_aircraft_glide_along_their_tracks_without_jumps(run: Run) -> None:
    run("glide")


def test_gpu_draws_an_aircraft_where_the_arithmetic_says(run: Run) -> None:
    run("placement")


def test_page_draws_aircraft_where_the_reports_say_at_every_zoom(run: Run) -> None:
    run("overlay")


def test_a_map_that_moves_shows_no_hole_and_no_jump(run: Run) -> None:
    run("moving_map")


def test_map_labels_follows_isolates_fits_and_shows_routes(run: Run) -> None:
    run("map")


def test_the_selected_aircraft_is_drawn_above_others(run: Run) -> None:
    run("on_top")


def test_trails_begin_with_what_the_gateway_keeps(run: Run) -> None:
    run("trails")


def test_filters_change_map_table_count_and_address(run: Run) -> None:
    run("filters")


def test_table_works_by_keyboard(run: Run) -> None:
    run("table")


def test_table_lists_what_the_map_shows_in_groups_with_names_and_distances(run: Run) -> None:
    run("table_options")


def test_without_webgl2_the_page_draws_on_a_canvas_and_says_so(run: Run) -> None:
    run("fallback")


def test_screen_readers_find_landmarks_names_and_tabs(run: Run) -> None:
    run("access")


def test_page_fits_laptop_and_phone_in_both_themes(run: Run, tmp_path: Path) -> None:
    run("pictures", PICTURES_DIRECTORY=str(tmp_path))
    assert len(list(tmp_path.glob("*.png"))) == 6


def test_on_a_phone_the_sheet_follows_the_finger_and_covers_nothing_selected(run: Run) -> None:
    run("phone")


def test_on_a_tablet_a_chosen_aircraft_has_its_card(run: Run) -> None:
    run("tablet")


def test_the_outline_of_the_focus_is_whole(run: Run) -> None:
    run("focus")


def test_large_text_and_narrow_windows_lose_no_control(run: Run) -> None:
    run("text_size")


def test_page_reports_a_gateway_that_dies_or_hangs_and_recovers(run: Run) -> None:
    run("restart")


def test_the_npm_package_follows_a_tracker_in_a_browser(run: Run, tmp_path: Path) -> None:
    build(tmp_path)
    run("client", CLIENT_DIST=str(tmp_path))


if os.environ.get("UPDATE_SCREENSHOTS") == "1":

    def test_image_of_the_readme_is_written(run_at: Run, tmp_path: Path) -> None:
        picture = ROOT / "docs/images/map.png"
        picture.parent.mkdir(exist_ok=True)
        with running_gateway(tmp_path, aircraft=10_000, interval_s=5) as (server, url):
            run_at("readme_picture", server, url, README_PICTURE=str(picture))
