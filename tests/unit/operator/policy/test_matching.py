"""Values that an entry of the policy allows, and similar ones that it does not."""

from __future__ import annotations

import pytest

from flighttracker_operator.policy.matching import (
    allows_annotation,
    allows_host,
    allows_image,
    full_name,
    is_listed,
    repository,
)

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("image", "prefix"),
    [
        ("registry.example.org/maps/gateway:1", "registry.example.org/maps"),
        ("registry.example.org/maps/gateway:1", "registry.example.org/maps/"),
        ("registry.example.org/maps/gateway:1", "registry.example.org/maps/gateway"),
        (f"registry.example.org/maps/gateway@{DIGEST}", "registry.example.org/maps/gateway"),
        ("registry.example.org/maps/gateway:1", "registry.example.org/maps/*"),
        ("redis:7", "docker.io/library/redis"),
        ("index.docker.io/apache/kafka:4", "docker.io/apache/"),
        ("localhost/gateway", "localhost"),
        ("registry:5000/gateway", "registry:5000"),
        ("anything", "*"),
    ],
)
def test_an_image_below_a_prefix_is_allowed(image: str, prefix: str) -> None:
    assert allows_image(image, [prefix])


@pytest.mark.parametrize(
    ("image", "prefix"),
    [
        ("registry.example.org/maps-evil/gateway:1", "registry.example.org/maps"),
        ("registry.example.org.evil.net/maps/gateway", "registry.example.org"),
        ("registry.example.org/maps/../evil", "registry.example.org/maps"),
        ("evil/redis:7", "docker.io/library/redis"),
        ("registry.example.org/gateway", "docker.io/registry.example.org"),
        ("registry.example.org/gateway", ""),
        ("registry.example.org:8443/gateway", "registry.example.org"),
        (f"localhost:5000/gateway@{DIGEST}", "localhost"),
        ("EVIL/gateway", "docker.io"),
    ],
)
def test_an_image_that_only_looks_like_it_is_not(image: str, prefix: str) -> None:
    assert not allows_image(image, [prefix])


@pytest.mark.parametrize(
    ("image", "full", "name"),
    [
        ("redis", "docker.io/library/redis", "docker.io/library/redis"),
        ("docker.io/redis:7", "docker.io/library/redis:7", "docker.io/library/redis"),
        (f"team/a@{DIGEST}", f"docker.io/team/a@{DIGEST}", "docker.io/team/a"),
        (f"host:5000/a:1@{DIGEST}", f"host:5000/a:1@{DIGEST}", "host:5000/a"),
        ("host:5000/a", "host:5000/a", "host:5000/a"),
    ],
)
def test_images_are_compared_by_the_names_that_runtimes_give_them(image: str, full: str, name: str) -> None:
    assert full_name(image) == full
    assert repository(image) == name


@pytest.mark.parametrize(
    ("host", "domain", "is_allowed"),
    [
        ("flights.example.org", "example.org", True),
        ("example.org", "example.org", True),
        ("flights.example.org", "*", True),
        ("*.example.org", "example.org", True),
        ("flights.example.org.evil.net", "example.org", False),
        ("evilexample.org", "example.org", False),
        ("*.org", "example.org", False),
    ],
)
def test_a_host_is_in_a_domain_label_by_label(host: str, domain: str, is_allowed: bool) -> None:
    assert allows_host(host, [domain]) is is_allowed


def test_entries_are_exact_unless_they_end_in_an_asterisk() -> None:
    assert is_listed("prometheus.io/scrape", ["prometheus.io/*"])
    assert is_listed("team", ["team"])
    assert not is_listed("teams", ["team"])
    assert not is_listed("team", [])


@pytest.mark.parametrize(
    "key",
    [
        "nginx.ingress.kubernetes.io/server-snippet",
        "nginx.ingress.kubernetes.io/configuration-snippet",
        "nginx.org/location-snippets",
        "haproxy.org/backend-config-snippet",
        "haproxy-ingress.github.io/config-backend",
        "getambassador.io/config",
        "nginx.ingress.kubernetes.io/auth-tls-secret",
        "nginx.ingress.kubernetes.io/proxy-ssl-secret",
    ],
)
def test_configuration_and_names_of_secrets_are_allowed_by_their_full_key_only(key: str) -> None:
    assert not allows_annotation(key, ["*"])
    assert not allows_annotation(key, [key.partition("/")[0] + "/*"])
    assert allows_annotation(key, [key])
