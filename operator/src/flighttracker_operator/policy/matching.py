"""Whether a policy's entries allow an image, a host, an annotation or a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

ANY: Final = "*"
DEFAULT_REGISTRY: Final = "docker.io"
BOUNDARIES: Final = "/:@"
"""What may follow a prefix of an image: more of its path, a tag or a digest."""


def is_listed(name: str, entries: Iterable[str]) -> bool:
    """Return whether a name equals an entry, or begins with one that ends in `*`."""
    return any(name == entry or (entry.endswith(ANY) and name.startswith(entry[:-1])) for entry in entries)


def allows_annotation(key: str, entries: Iterable[str]) -> bool:
    """Return whether an annotation may be set; a part of a configuration file only if it is listed by its full key."""
    name = key.rpartition("/")[2]
    if "snippet" in name or name.startswith("config-"):
        return key in entries
    return is_listed(key, entries)


def allows_image(image: str, prefixes: Iterable[str]) -> bool:
    """Return whether an image lies below one of the prefixes; `example.org/a` is no prefix of `example.org/ab`."""
    full = full_name(image)
    return any(prefix == ANY or _lies_below(full, prefix.removesuffix(ANY)) for prefix in prefixes)


def repository(image: str) -> str:
    """Return the full name of an image without tag and digest."""
    name = full_name(image).partition("@")[0]
    path, slash, last = name.rpartition("/")
    return f"{path}{slash}{last.partition(':')[0]}"


def full_name(image: str) -> str:
    """Return an image as container runtimes complete it: `redis:7` is `docker.io/library/redis:7`."""
    first, slash, rest = image.partition("/")
    if not slash:
        return f"{DEFAULT_REGISTRY}/library/{image}"
    if "." not in first and ":" not in first and first != "localhost":
        return f"{DEFAULT_REGISTRY}/{image}"
    if first == f"index.{DEFAULT_REGISTRY}":
        first = DEFAULT_REGISTRY
    official = first == DEFAULT_REGISTRY and "/" not in rest
    return f"{first}/library/{rest}" if official else f"{first}/{rest}"


def allows_host(host: str, domains: Iterable[str]) -> bool:
    """Return whether a host is one of the domains or below it; `*.example.org` is below example.org."""
    return any(domain == ANY or host == domain or host.endswith(f".{domain}") for domain in domains)


def _lies_below(image: str, prefix: str) -> bool:
    rest = image.removeprefix(prefix)
    if not prefix or not image.startswith(prefix) or ".." in image:
        return False
    return not rest or prefix[-1] in BOUNDARIES or rest[0] in BOUNDARIES
