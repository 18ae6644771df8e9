"""What can be said about the looks of the page by rule, in Chromium, on devices of the gallery."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.browser.gallery_files import serving_files, write_past
from tests.browser.scenario import running_gateway

AIRCRAFT = 1_000


@pytest.fixture(scope="module", name="look")
def looking(run_at: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Yield a function that looks at every view on a device, of a tracker that has everything."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("looks")
    files, history = folder / "files", folder / "history"
    write_past(history, AIRCRAFT)
    with (
        serving_files(files) as fields,
        running_gateway(folder, AIRCRAFT, interval_s=2, page_fields=fields, history=history) as (server, url),
    ):
        yield lambda device: run_at("looks_check", server, url, DEVICE=device, FILES=str(files))


@pytest.mark.parametrize("device", ["phone", "tablet", "laptop"])
def test_no_box_lies_over_another_and_no_control_has_foreign_colours(look: Callable[[str], str], device: str) -> None:
    look(device)
