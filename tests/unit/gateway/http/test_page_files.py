"""Files of the page in memory: lookup, compression, and reload after a new build."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
from pathlib import Path

import brotli
import pytest

from flighttracker.errors import StartError
from flighttracker_gateway.http import page_files
from flighttracker_gateway.http.page import page_routes
from flighttracker_gateway.http.page_files import PageFiles

SCRIPT = b"export const altitude = 35000;\n" * 100


@pytest.fixture
def page(tmp_path: Path) -> Path:
    directory = tmp_path / "page"
    (directory / "_next" / "static").mkdir(parents=True)
    (directory / "index.html").write_text("<title>Flights</title>")
    (directory / "_next" / "static" / "a.js").write_bytes(SCRIPT)
    (tmp_path / "secret.txt").write_text("secret")
    return directory


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("br; q=0.001", "br"),
        ("br;q=0.0", ""),
        ("vibrato", ""),
        ("", ""),
    ],
)
def test_a_file_gets_the_best_accepted_coding(page: Path, accept_encoding: str, coding: str) -> None:
    file = PageFiles(page).find("_next/static/a.js")
    assert file is not None
    used, body = file.body(accept_encoding)
    assert used == coding
    decoded = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](body)
    assert decoded == SCRIPT
    assert (len(body) < len(SCRIPT)) == bool(coding)


def test_files_that_do_not_compress_are_sent_unchanged(page: Path) -> None:
    (page / "icon.png").write_bytes(random.Random(1).randbytes(4_000))
    files = PageFiles(page)
    icon, document = files.find("icon.png"), files.find("index.html")
    assert icon is not None
    assert document is not None
    assert icon.body("br, gzip") == ("", (page / "icon.png").read_bytes())
    assert document.body("br, gzip") == ("", b"<title>Flights</title>")


def test_a_new_build_is_served(page: Path) -> None:
    files = PageFiles(page)
    before = files.find("_next/static/a.js")
    assert before is not None
    assert before.body("br")[0] == "br"
    (page / "_next" / "static" / "a.js").write_bytes(SCRIPT.replace(b"35000", b"36000"))
    os.utime(page / "_next" / "static" / "a.js", (1, 1))
    after = files.find("_next/static/a.js")
    assert after is not None
    assert b"36000" in brotli.decompress(after.body("br")[1])


def test_a_file_is_read_once_and_not_found_after_its_deletion(page: Path) -> None:
    files = PageFiles(page)
    files.read_all()
    assert files.find("_next/static/a.js") is files.find("_next/static/a.js")
    (page / "_next" / "static" / "a.js").unlink()
    assert files.find("_next/static/a.js") is None


@pytest.mark.parametrize("path", ["", "index.html", "./index.html"])
def test_the_file_of_a_directory_is_its_index(page: Path, path: str) -> None:
    found = PageFiles(page).find(path)
    assert found is not None
    assert found.body("")[1] == b"<title>Flights</title>"
    assert found.content_type == "text/html"


@pytest.mark.parametrize("path", ["../secret.txt", "_next/../../secret.txt", "..", "\0", "lost", "x" * 5_000])
def test_no_file_outside_of_the_page_is_found(page: Path, path: str) -> None:
    assert PageFiles(page).find(path) is None


def test_absolute_paths_and_links_do_not_leave_the_page(page: Path) -> None:
    secret = page.parent / "secret.txt"
    (page / "link.txt").symlink_to(secret)
    files = PageFiles(page)
    assert files.find(str(secret)) is None
    assert files.find("link.txt") is None


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.js", "text/javascript"),
        ("a.css", "text/css"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("airports.tsv", "text/tab-separated-values"),
        ("icon.svg", "image/svg+xml"),
        ("data", "application/octet-stream"),
    ],
)
def test_each_file_has_its_type(page: Path, name: str, content_type: str) -> None:
    (page / name).write_text("1")
    found = PageFiles(page).find(name)
    assert found is not None
    assert found.content_type == content_type


def test_the_memory_of_page_files_is_bounded(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_files, "MAX_HELD_BYTES", 3 * len(SCRIPT))
    for i in range(10):
        (page / f"{i}.js").write_bytes(SCRIPT)
    files = PageFiles(page)
    for i in range(10):
        found = files.find(f"{i}.js")
        assert found is not None
        assert found.body("")[1] == SCRIPT
        assert files.held_bytes <= 3 * len(SCRIPT)


def test_a_page_that_is_built_again_during_the_start_says_what_to_do(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = PageFiles.find

    def find_during_build(files: PageFiles, path: str) -> page_files.PageFile | None:
        shutil.rmtree(page / "_next")
        return find(files, path)

    monkeypatch.setattr(PageFiles, "find", find_during_build)
    words = f"the page in {page} is incomplete: {page / '_next'} is missing; if it is being built, wait until that ends"
    with pytest.raises(StartError, match=f"^{re.escape(words)}, else build it with `make web`$"):
        page_routes(str(page), "")
