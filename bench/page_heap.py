"""Whether the page's memory stays constant with 20,000 aircraft: `make bench-page-heap` (MINUTES=10, INTERVAL_S=15)."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.page import AIRCRAFT, INTERVAL_S

from tests.browser.scenario import run_script, running_gateway


def main() -> int:
    """Watch a page, and print the measurements of `page_heap.mjs`."""
    minutes = float(os.environ.get("MINUTES", "10"))
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
    with tempfile.TemporaryDirectory() as folder, running_gateway(Path(folder), AIRCRAFT, INTERVAL_S) as (server, url):
        environment = {**os.environ, "CHROMIUM": chromium, "PAGE_URL": url, "MINUTES": str(minutes)}
        limit_s = minutes * 60 + 240
        print(run_script(Path(__file__).with_suffix(".mjs"), server, environment, limit_s=limit_s), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
