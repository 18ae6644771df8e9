"""What the operator's builders need to know besides the resource, as it is with Compose. Pure but for a look at names.

Passwords of the builtin servers are not part of a Compose file: they are placeholders, which `setup` replaces with
random values on the first start.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from flighttracker.errors import StartError
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import referenced_secrets, without_templates
from flighttracker_operator.model.facts import Facts, SecretFacts
from flighttracker_operator.model.images import IMAGE_NAMES, Images

DEFAULT_PROJECT: Final = "compose"
DEFAULT_PORT: Final = 8000
DEFAULT_SECRETS: Final = "secrets"

PASSWORD_SUFFIX: Final = "_password"  # noqa: S105 - of the names of fields
PRIVATE_NETWORKS: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8")
"""Networks that Docker takes addresses from. Only the project's own containers can connect to a gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command.

    Attributes:
        project: name of the project; empty leaves it to Compose, which takes that of the folder.
        port: port of the map on this computer.
        secrets: folder with the files of the Secrets that the resource names, relative to the Compose file.
        images: images to use instead of those of this release, by the names of `Images`.
    """

    project: str = ""
    port: int = DEFAULT_PORT
    secrets: str = DEFAULT_SECRETS
    images: Mapping[str, str] = field(default_factory=dict)


def images_of_options(options: Options) -> Images:
    """Return the images of this release, with those of the options.

    Raises:
        StartError: there is no image of that name.
    """
    chosen: dict[str, Any] = {name.replace("-", "_"): image for name, image in options.images.items()}
    for name in chosen.keys() - set(IMAGE_NAMES):
        known = ", ".join(known.replace("_", "-") for known in IMAGE_NAMES)
        raise StartError(f"--image {name.replace('_', '-')} does not exist: choose one of {known}")
    return Images(**chosen)


def compose_facts(tracker: FlightTracker, options: Options) -> Facts:
    """Return the facts with which the operator's builders make the objects of a Compose project.

    Raises:
        StartError: an image of the options does not exist.
    """
    project = options.project or DEFAULT_PROJECT
    folder = Path(options.secrets)
    used = referenced_secrets(without_templates(tracker))
    secrets = {name: _secret(folder / name, keys) for name, keys in used.items()}
    return Facts(
        uid=str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{tracker.metadata.name}.{project}")),
        namespace=project,
        images=images_of_options(options).at(tracker.spec.version),
        secrets=secrets,
        **{name: placeholder(name) for name in password_names()},  # type: ignore[arg-type]
    )


def _secret(folder: Path, required: frozenset[str]) -> SecretFacts:
    """Return the keys of a Secret: the required ones, and optional ones that exist as files, such as `ca.crt`."""
    found = {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set()
    return SecretFacts(keys=required | found, digest="", is_offered=True)


def password_names() -> list[str]:
    """Return the names of the passwords that are generated, `redis_password` for example."""
    return [entry.name for entry in fields(Facts) if entry.name.endswith(PASSWORD_SUFFIX)]


def placeholder(name: str) -> str:
    """Return what stands for a password in a Compose file: letters only, as part of a URL."""
    return f"PASSWORDof{name.removesuffix(PASSWORD_SUFFIX).replace('_', '')}"


def behind_page(tracker: FlightTracker) -> FlightTracker:
    """Return a tracker whose gateways take a viewer's address from the nginx of the page, which is in front of them."""
    spec = tracker.spec
    proxies = (*spec.gateway.trusted_proxies, *PRIVATE_NETWORKS)
    gateway = spec.gateway.model_copy(update={"trusted_proxies": tuple(dict.fromkeys(proxies))})
    return tracker.model_copy(update={"spec": spec.model_copy(update={"gateway": gateway})})
