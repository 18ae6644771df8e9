from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from flighttracker.errors import StartError
from flighttracker_historian.files.store import FolderStore, StoredFile, StoreError

PATH = "date=2025-11-29/hour=18/a.parquet"


def test_a_file_is_listed_read_replaced_and_removed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "history")
    assert store.files() == []
    store.write(PATH, pa.py_buffer(b"first"))
    store.write(PATH, pa.py_buffer(b"second"))
    assert store.files() == [StoredFile(PATH, 6)]
    with store.open(PATH) as file:
        assert file.read() == b"second"
    store.remove(PATH)
    store.remove(PATH)
    assert store.files() == []
    assert not (tmp_path / "history/date=2025-11-29").exists()


def test_a_removed_file_is_not_an_outage(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), FolderStore(tmp_path).open(PATH):
        pass


def test_what_a_killed_writer_left_is_neither_listed_nor_kept(tmp_path: Path) -> None:
    aside = tmp_path / ".writing/a.parquet"
    aside.parent.mkdir()
    aside.write_bytes(b"half")
    store = FolderStore(tmp_path)
    assert store.files() == []
    with store.claimed():
        assert not aside.exists()


def test_two_writers_do_not_share_a_folder(tmp_path: Path) -> None:
    with FolderStore(tmp_path).claimed(), pytest.raises(StartError, match="another process"):
        FolderStore(tmp_path).claimed().__enter__()
    with FolderStore(tmp_path).claimed():
        pass


def test_a_failed_write_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "date=2025-11-29").write_text("in the way")
    store = FolderStore(tmp_path)
    with pytest.raises(StoreError, match="cannot write"):
        store.write(PATH, pa.py_buffer(b"first"))
    assert [path.name for path in tmp_path.rglob("*.parquet")] == []
