"""The built page at `/`, if the gateway serves it (locally; in a cluster the page has its own pods).

Next's static export names its assets by their content, so browsers may cache those forever, and must revalidate
everything else. The page has no flight data, so it needs no token; its requests to the API do. If the page is not
built, `/` says how to build it.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Final

from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from flighttracker.errors import StartError
from flighttracker_gateway.access.http_gate import ACCESS, OPEN
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.page_files import PageFiles
from flighttracker_gateway.http.query_check import ANY_PARAMETER, PARAMETERS

_ASSETS: Final = "_next/static/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_REVALIDATED: Final = "no-cache"
_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Page not built</title>
<h1>The page is not built</h1>
<p>This gateway runs, but there is no page in its directory. Build it with <code>make web</code> and reload.</p>
<p>The API works without it: <a href="api/v1/flights">/api/v1/flights</a>, <a href="schema">/schema</a>.</p>
</html>"""


def page_routes(page_directory: str, base_path: str) -> list[Any]:
    """Return the routes that serve the page; none if no directory is set.

    Args:
        page_directory: the built page; empty for none.
        base_path: path below which the page is, without a slash at its end; empty for the root.

    Raises:
        StartError: files of the page went away while they were read.
    """
    if not page_directory:
        return []
    directory = Path(page_directory)
    if not (directory / "index.html").is_file():
        return [_not_built]
    files = PageFiles(directory)
    try:
        files.read_all()
    except FileNotFoundError as error:
        # A build removes the files of the one before.
        missing = f"the page in {directory} is incomplete: {error.filename} is missing"
        raise StartError(
            f"{missing}; if it is being built, wait until that ends, else build it with `make web`"
        ) from None
    return _routes(files, base_path)


def _routes(files: PageFiles, base_path: str) -> list[Any]:
    opt = {ACCESS: OPEN, PARAMETERS: ANY_PARAMETER, IS_COMPRESSED: True}

    @get("/", include_in_schema=False, opt=opt)
    async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return _answer(files, "", request) or _lost(files, base_path)

    @get("/{file_path:path}", include_in_schema=False, opt=opt)
    async def file(file_path: FromPath[PurePosixPath], request: Request[Any, Any, Any]) -> Response[bytes]:
        path = file_path.as_posix().lstrip("/")
        if path.startswith("api/"):
            # Programs get the error of the API, not that of the page.
            raise NotFoundException
        return _answer(files, path, request) or _lost(files, base_path)

    return [index, file]


def _answer(files: PageFiles, path: str, request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Return the file, or None if there is none.

    There is no 304: it would have to repeat the page's Content-Security-Policy, and browsers do not request again what
    they may keep.
    """
    file = files.find(path)
    if file is None:
        return None
    coding, body = file.body(request.headers.get("accept-encoding", ""))
    headers = {"cache-control": _FOR_EVER if path.startswith(_ASSETS) else _REVALIDATED, "vary": "Accept-Encoding"}
    if coding:
        headers["content-encoding"] = coding
    return Response(body, headers=headers, media_type=file.content_type)


def _lost(files: PageFiles, base_path: str) -> Response[bytes]:
    """Return the page's 404 document with its link to the page, which may be below any path of the host."""
    file = files.find("404.html")
    if file is None:
        raise NotFoundException
    body = file.body("")[1].replace(b'href="/"', f'href="{base_path}/"'.encode())
    return Response(body, status_code=404, headers={"cache-control": _REVALIDATED}, media_type=file.content_type)


@get("/", media_type=MediaType.HTML, include_in_schema=False, opt={ACCESS: OPEN, PARAMETERS: ANY_PARAMETER})
async def _not_built() -> Response[str]:
    return Response(_NOT_BUILT, media_type=MediaType.HTML, status_code=503)
