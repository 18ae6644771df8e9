"""Every page of the documentation in Chromium, laptop and phone; PICTURES_DIRECTORY keeps a picture of each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from scripts.site_pages import write_pages

from tests.browser.scenario import run_script
from tests.servers.process import LOOPBACK, ServerProcess, free_port

ROOT = Path(__file__).parents[2]


def test_every_page_of_the_documentation_fits_its_window(environment: dict[str, str], tmp_path: Path) -> None:
    write_pages(tmp_path / "build/docs", "")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    build = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", "mkdocs.yml"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    site = tmp_path / "build/site"
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert len(pages) > 70

    port = free_port()
    url = f"http://{LOOPBACK}:{port}/"

    def answers() -> bool:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)

    command = [sys.executable, "-m", "http.server", str(port), "--bind", LOOPBACK, "--directory", str(site)]
    server = ServerProcess("the documentation's server", command, tmp_path, answers)
    server.start()
    try:
        pictures = {name: os.environ[name] for name in ("PICTURES_DIRECTORY",) if name in os.environ}
        variables = {"PAGE_URL": url, "SITE_PAGES": json.dumps(pages), **pictures}
        print(run_script(Path(__file__).with_name("site.mjs"), server, {**environment, **variables}))
    finally:
        server.stop()
