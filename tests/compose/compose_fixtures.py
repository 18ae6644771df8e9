"""Docker with the images, one of each in a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.engine import SERVERS, SERVICES, WEB, provide, reachable_engine


@pytest.fixture(scope="session")
def docker_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A reachable Docker engine."""
    with reachable_engine(tmp_path_factory.mktemp("docker")):
        yield


@pytest.fixture(scope="session")
def services_image(docker_engine: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image that is the whole map."""
    provide(SERVICES, tmp_path_factory.mktemp("image"))
    return SERVICES


@pytest.fixture(scope="session")
def all_images(services_image: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The images of a Compose project."""
    folder = tmp_path_factory.mktemp("images")
    for image in (WEB, *SERVERS):
        provide(image, folder)
