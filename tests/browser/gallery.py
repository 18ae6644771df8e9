"""Takes pictures of every view for people to look at: `python -m tests.browser.gallery FOLDER --aircraft 100 7000`.

It prints what a rule finds ugly in them: text that is cut or covered, controls under others, sideways scroll bars.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from tests.browser.gallery_files import serving_files, write_past
from tests.browser.scenario import PAGE, run_script, running_gateway

SCRIPT = Path(__file__).with_name("gallery.mjs")
LIMIT_S = 5_400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--aircraft", type=int, nargs="+", default=[100, 7_000, 20_000])
    parser.add_argument("--interval-s", type=int, default=5)
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
    for aircraft in arguments.aircraft:
        folder = (arguments.folder / str(aircraft)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as working, serving_files(Path(working, "files")) as fields:
            history = Path(working, "history")
            write_past(history, aircraft)
            with running_gateway(
                Path(working),
                aircraft,
                arguments.interval_s,
                page=arguments.page,
                page_fields=fields,
                history=history,
            ) as (server, url):
                environment = {
                    **os.environ,
                    "CHROMIUM": chromium,
                    "PAGE_URL": url,
                    "PICTURES_DIRECTORY": str(folder),
                    "FILES": str(Path(working, "files")),
                }
                print(run_script(SCRIPT, server, environment, limit_s=LIMIT_S), end="")
        print(f"{len(list(folder.glob('*.png')))} pictures of {aircraft} aircraft in {folder}")


if __name__ == "__main__":
    main()
