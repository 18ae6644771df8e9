"""The security headers of answers, and the Content-Security-Policy of the page."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from flighttracker.settings import BaseMapSettings, GatewaySettings, OverlaySettings, PhotoSettings, TlsSettings
from flighttracker_gateway.http.policy import SecurityPolicy, page_policy

PAGE = """<!doctype html><html><head><style>h1 { color: red }</style><script src="/a.js" async></script>
<script>start("page")</script><script id="_R_">self.__next_f.push([1])
</script></head></html>"""


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split("; ") if (words := part.split())}


def test_each_inline_script_of_the_page_is_allowed_by_its_hash(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "404.html").write_text("<SCRIPT>lost()</SCRIPT>")
    allowed = directives(page_policy(tmp_path, ()))
    scripts = {digest('start("page")'), digest("self.__next_f.push([1])\n"), digest("lost()")}
    assert set(allowed["script-src"]) == {"'self'"} | scripts
    assert allowed["style-src-elem"] == ["'self'", digest("h1 { color: red }")]


def test_scripts_are_allowed_by_hash_only(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    scripts = sorted([digest('start("page")'), digest("self.__next_f.push([1])\n")])
    assert directives(page_policy(tmp_path, ["https://tiles.example"])) == {
        "default-src": ["'none'"],
        "script-src": ["'self'", *scripts],
        "style-src-elem": ["'self'", digest("h1 { color: red }")],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", "https://tiles.example"],
        "connect-src": ["'self'", "https://tiles.example"],
        "font-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }


def test_the_page_may_load_from_the_servers_of_its_maps_and_overlays(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    settings = GatewaySettings(
        page_directory=str(tmp_path),
        tiles_url="https://tiles.example/{z}/{x}/{y}.png",
        base_maps=(BaseMapSettings(name="a", url="https://maps.example/a.pmtiles"),),
        overlays=(
            OverlaySettings(name="b", url="/b.kml"),
            OverlaySettings(name="c", url="http://files.example/c.json"),
        ),
    )
    html = [(b"content-type", b"text/html")]
    allowed = directives(dict(SecurityPolicy(settings).headers(html))[b"content-security-policy"].decode())
    servers = ["http://files.example", "https://maps.example", "https://tiles.example"]
    assert allowed["connect-src"] == ["'self'", *servers]
    assert allowed["img-src"] == ["'self'", "data:", "blob:", *servers]


def test_the_page_may_show_photos_of_their_server_and_ask_it_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    photos = PhotoSettings(url="https://photos.example/{icao24}.jpg", page_url="https://elsewhere.example/{icao24}")
    settings = GatewaySettings(page_directory=str(tmp_path), photos=photos)
    html = [(b"content-type", b"text/html")]
    policy = dict(SecurityPolicy(settings).headers(html))[b"content-security-policy"].decode()
    assert directives(policy)["img-src"] == ["'self'", "data:", "blob:", "https://photos.example"]
    assert directives(policy)["connect-src"] == ["'self'"]
    assert "elsewhere.example" not in policy


def test_a_new_build_has_a_new_policy(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<script>one()</script>")
    policy = SecurityPolicy(GatewaySettings(page_directory=str(tmp_path)))

    def shown() -> str:
        return dict(policy.headers([(b"content-type", b"text/html")]))[b"content-security-policy"].decode()

    assert digest("one()") in shown()
    page.write_text("<script>another()</script>")
    assert digest("another()") in shown()
    assert digest("one()") not in shown()


@pytest.mark.parametrize("content_type", [b"application/json", b"application/geo+json", b"text/plain; version=1.0.0"])
def test_the_policy_of_data_allows_nothing_and_no_caching(content_type: bytes) -> None:
    headers = dict(SecurityPolicy(GatewaySettings()).headers([(b"Content-Type", content_type)]))
    assert headers[b"content-security-policy"] == b"default-src 'none'; frame-ancestors 'none'"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_a_cache_control_of_the_answer_is_kept(tmp_path: Path) -> None:
    policy = SecurityPolicy(GatewaySettings(page_directory=str(tmp_path)))
    added = policy.headers([(b"content-type", b"text/javascript"), (b"cache-control", b"immutable")])
    assert b"cache-control" not in dict(added)


def test_hsts_is_sent_only_by_a_gateway_with_tls() -> None:
    tls = TlsSettings(certificate_file="a", key_file="b")
    assert b"strict-transport-security" in dict(SecurityPolicy(GatewaySettings(tls=tls)).headers([]))
    assert b"strict-transport-security" not in dict(SecurityPolicy(GatewaySettings()).headers([]))


def test_answers_while_the_page_is_built_keep_the_policy_of_the_build_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index.html"
    index.write_text(PAGE)
    policy = SecurityPolicy(GatewaySettings(page_directory=str(tmp_path)))
    html = [(b"content-type", b"text/html")]
    before = dict(policy.headers(html))[b"content-security-policy"]
    assert b"sha256-" in before
    index.write_text(f"{PAGE}<script>second()</script>")

    def gone(path: Path, **_: object) -> str:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    with monkeypatch.context() as build:
        build.setattr(Path, "read_text", gone)
        assert dict(policy.headers(html))[b"content-security-policy"] == before
        first = SecurityPolicy(GatewaySettings(page_directory=str(tmp_path)))
        assert dict(first.headers(html))[b"content-security-policy"].startswith(b"default-src 'none'")
    assert digest("second()").encode() in dict(policy.headers(html))[b"content-security-policy"]
