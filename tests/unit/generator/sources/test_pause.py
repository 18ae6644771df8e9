"""A pause is kept for the next process, and nothing else in its file is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from flighttracker_generator.sources.pause import LONGEST_MS, Pause
from tests.example_flights import NOW_MS


def test_a_pause_is_kept_for_the_next_process_and_for_this_source_only(tmp_path: Path) -> None:
    Pause(str(tmp_path), "http://a").begin(NOW_MS + 5_000)
    assert Pause(str(tmp_path), "http://a").until_ms(NOW_MS) == NOW_MS + 5_000
    assert Pause(str(tmp_path), "http://b").until_ms(NOW_MS) == 0


def test_without_a_directory_it_is_kept_in_memory() -> None:
    pause = Pause()
    pause.begin(NOW_MS + 5_000)
    assert pause.until_ms(NOW_MS) == NOW_MS + 5_000


@pytest.mark.parametrize("content", ["", "soon", "-5", "1e9", "9" * 32, str(NOW_MS + LONGEST_MS + 1)])
def test_a_file_that_says_something_else_is_no_pause(tmp_path: Path, content: str) -> None:
    Pause(str(tmp_path), "http://a").begin(1)
    (file,) = tmp_path.iterdir()
    file.write_text(content)
    assert Pause(str(tmp_path), "http://a").until_ms(NOW_MS) == 0


def test_a_link_is_not_written_through(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "state").mkdir()
    Pause(str(tmp_path / "state"), "http://a").begin(1)
    (file,) = (tmp_path / "state").iterdir()
    file.unlink()
    (tmp_path / "precious").write_text("mine")
    file.symlink_to(tmp_path / "precious")
    pause = Pause(str(tmp_path / "state"), "http://a")
    pause.begin(NOW_MS + 5_000)
    assert (tmp_path / "precious").read_text() == "mine"
    assert pause.until_ms(NOW_MS) == NOW_MS + 5_000
    assert "cannot keep the pause" in caplog.text
