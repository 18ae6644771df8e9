"""Matches images, hosts, annotations and names against the entries of a policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flighttracker_operator.model.images import without_tag

ANY: Final = "*"
DEFAULT_REGISTRY: Final = "docker.io"
BOUNDARIES: Final = "/:@"
"""Characters that may follow a prefix of an image, before more of its path, a tag or a digest."""
ENDS_OF_VALUES: Final = ";{}\"'`\\#$"
"""Characters with which a value ends, or begins something else, in the files of ingress controllers."""


def is_listed(name: str, entries: Iterable[str]) -> bool:
    """Return whether a name equals an entry, or starts with the prefix of an entry that ends in `*`."""
    return any(name == entry or (entry.endswith(ANY) and name.startswith(entry[:-1])) for entry in entries)


def allows_annotation(key: str, entries: Iterable[str]) -> bool:
    """Return whether an annotation is allowed; configuration and names of Secrets only by their full key."""
    name = key.rpartition("/")[2]
    if "snippet" in name or "secret" in name or name == "config" or name.startswith("config-"):
        return key in entries
    return is_listed(key, entries)


def is_one_value(text: str) -> bool:
    """Return whether a value stays one value in a configuration file, where `;` and braces end a directive."""
    return text.isprintable() and not any(character in ENDS_OF_VALUES for character in text)


def allows_image(image: str, prefixes: Iterable[str]) -> bool:
    """Return whether an image matches one of the prefixes; `example.org/a` does not match `example.org/ab`."""
    full = full_name(image)
    return any(prefix == ANY or _lies_below(full, prefix.removesuffix(ANY)) for prefix in prefixes)


def repository(image: str) -> str:
    """Return the full name of an image without its tag and digest."""
    return without_tag(full_name(image))


def full_name(image: str) -> str:
    """Return the full name of an image, as container runtimes resolve it: `redis:7` is `docker.io/library/redis:7`."""
    first, slash, rest = image.partition("/")
    if not slash:
        return f"{DEFAULT_REGISTRY}/library/{image}"
    # With a capital letter, it is a server, too: repositories have none.
    if "." not in first and ":" not in first and first != "localhost" and first == first.lower():
        return f"{DEFAULT_REGISTRY}/{image}"
    if first == f"index.{DEFAULT_REGISTRY}":
        first = DEFAULT_REGISTRY
    official = first == DEFAULT_REGISTRY and "/" not in rest
    return f"{first}/library/{rest}" if official else f"{first}/{rest}"


def allows_host(host: str, domains: Iterable[str]) -> bool:
    """Return whether a host is one of the domains or a subdomain; `*.example.org` counts as one of example.org."""
    return any(domain == ANY or host == domain or host.endswith(f".{domain}") for domain in domains)


def _lies_below(image: str, prefix: str) -> bool:
    rest = image.removeprefix(prefix)
    if not prefix or not image.startswith(prefix) or ".." in image:
        return False
    # Behind the name of a registry alone, a colon begins a port, so another server.
    boundaries = BOUNDARIES if "/" in prefix else "/"
    return not rest or prefix[-1] in BOUNDARIES or rest[0] in boundaries
