"""The container images of a tracker's pods, and the versions of them that a tracker may choose.

The chart sets an environment variable of the operator for each image, so the images match the operator's release.
`podTemplate.imageOverrides` of a resource takes precedence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final

from flighttracker.spec.tracker import ImageOverrides

TAG = version("flighttracker")
"""Tag of the project's own images: the version of this package."""


IMAGE_NAMES: Final = ("services", "web", "kafka", "redis", "schema_registry")
"""The attributes of `Images` that are images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The images of one release.

    Attributes:
        services: generator, gateway and historian, which differ in their command.
        web: the page.
        kafka: the builtin Kafka.
        redis: the builtin Redis.
        schema_registry: the builtin registry, Apicurio.
        pull_policy: when trackers' pods pull them.
        pull_secrets: names of the Secrets with which trackers' pods pull them; each exists in the tracker's namespace.
    """

    services: str = f"docker.io/flighttracker/services:{TAG}"
    web: str = f"docker.io/flighttracker/web:{TAG}"
    kafka: str = "docker.io/apache/kafka:4.1.1"
    redis: str = "docker.io/library/redis:7.2-bookworm"
    schema_registry: str = "quay.io/apicurio/apicurio-registry:3.3.3"
    pull_policy: str = "IfNotPresent"
    pull_secrets: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Return the images."""
        return tuple(getattr(self, name) for name in IMAGE_NAMES)

    def at(self, chosen: str | None) -> Images:
        """Return the images with the project's own ones of another version; None for those of the release."""
        if chosen is None:
            return self
        return replace(self, services=f"{without_tag(self.services)}:{chosen}", web=f"{without_tag(self.web)}:{chosen}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerImages:
    """The images of one tracker: those of the release, with the overrides of the resource."""

    generator: str
    gateway: str
    historian: str
    web: str
    kafka: str
    redis: str
    schema_registry: str


def images_of(environment: Mapping[str, str]) -> Images:
    """Return the images set in the environment (`FLIGHTTRACKER_IMAGE_SERVICES`, …), with defaults for the others.

    `FLIGHTTRACKER_IMAGE_PULL_POLICY` and `FLIGHTTRACKER_IMAGE_PULL_SECRETS`, names with commas, are for all images.
    """
    texts = (*IMAGE_NAMES, "pull_policy")
    named = {name: environment.get(f"FLIGHTTRACKER_IMAGE_{name.upper()}", "") for name in texts}
    secrets = environment.get("FLIGHTTRACKER_IMAGE_PULL_SECRETS", "").split(",")
    chosen: dict[str, Any] = {name: text for name, text in named.items() if text}
    return Images(
        **chosen,
        pull_secrets=tuple(name for secret in secrets if (name := secret.strip())),
    )


def without_tag(image: str) -> str:
    """Return an image without its tag and digest."""
    path, slash, last = image.partition("@")[0].rpartition("/")
    return f"{path}{slash}{last.partition(':')[0]}"


def tracker_images(images: Images, overrides: ImageOverrides) -> TrackerImages:
    """Return the image of each part of a tracker."""
    return TrackerImages(
        generator=overrides.generator or images.services,
        gateway=overrides.gateway or images.services,
        historian=overrides.historian or images.services,
        web=overrides.web or images.web,
        kafka=overrides.kafka or images.kafka,
        redis=overrides.redis or images.redis,
        schema_registry=overrides.schema_registry or images.schema_registry,
    )
