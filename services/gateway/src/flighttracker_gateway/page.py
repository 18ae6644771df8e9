"""The built page at `/`, when the gateway serves it (locally; in a cluster the dashboard has its own pods).

Next's static export names its assets by their content, so browsers may keep those for ever, and must ask again for
everything else. The page holds no flight data, so that it is shown to everybody; what it then asks for needs a token
where tokens are asked for. Where the page is not built, `/` says so and how to build it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from litestar import MediaType, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from flighttracker_gateway.http_auth import ACCESS, OPEN

_YEAR_S: Final = 31_536_000
_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Page not built</title>
<h1>The page is not built</h1>
<p>This gateway runs, but there is no page in its directory. Build it with <code>make web</code> and reload.</p>
<p>The interface for programs works without: <a href="/api/flights">/api/flights</a>, <a href="/schema">/schema</a>.</p>
</html>"""


def page_routes(page_directory: str) -> list[Any]:
    """Return the routes that serve the page, none when no directory is set."""
    if not page_directory:
        return []
    directory = Path(page_directory)
    if not (directory / "index.html").is_file():
        return [_not_built]
    return [*_assets(directory), _files(directory)]


def _assets(directory: Path) -> list[Router]:
    if not (directory / "_next" / "static").is_dir():
        return []
    immutable = CacheControlHeader(public=True, max_age=_YEAR_S, immutable=True)
    return [
        create_static_files_router(
            path="/_next/static",
            directories=[directory / "_next" / "static"],
            cache_control=immutable,
            include_in_schema=False,
            name="assets",
            opt={ACCESS: OPEN},
        )
    ]


def _files(directory: Path) -> Router:
    return create_static_files_router(
        path="/",
        directories=[directory],
        html_mode=True,
        cache_control=CacheControlHeader(no_cache=True),
        include_in_schema=False,
        name="page",
        opt={ACCESS: OPEN},
    )


@get("/", media_type=MediaType.HTML, include_in_schema=False, opt={ACCESS: OPEN})
async def _not_built() -> Response[str]:
    return Response(_NOT_BUILT, media_type=MediaType.HTML, status_code=503)
