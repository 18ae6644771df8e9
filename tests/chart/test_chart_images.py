"""Tests of the images that the chart names: registry, repository, tag, digest and pull Secrets."""

from __future__ import annotations

from flighttracker_operator.model.images import images_of
from tests.chart.helm import container, environment, only, operator_pod, render


def test_one_tag_sets_every_image_of_the_project() -> None:
    arguments = ("--set=image.tag=dev-1,image.registry=registry.example.org,image.repository=flights",)
    assert container(*arguments)["image"] == "registry.example.org/flights/operator:dev-1"
    variables = environment(*arguments)
    assert variables["FLIGHTTRACKER_IMAGE_SERVICES"] == "registry.example.org/flights/services:dev-1"
    assert variables["FLIGHTTRACKER_IMAGE_WEB"] == "registry.example.org/flights/web:dev-1"
    assert variables["FLIGHTTRACKER_IMAGE_KAFKA"] == "docker.io/apache/kafka:4.1.1"


def test_each_image_can_be_overridden() -> None:
    variables = environment("--set=image.web=example.org/own-page:3")
    assert variables["FLIGHTTRACKER_IMAGE_WEB"] == "example.org/own-page:3"
    assert variables["FLIGHTTRACKER_IMAGE_SERVICES"] == "docker.io/flighttracker/services:0.1.0"


def test_every_image_can_be_named_by_its_digest() -> None:
    names = ("image.operator", "image.services", "image.web", "serverImages.kafka", "serverImages.redis")
    images = {name: f"registry.example.org/{name.lower()}@sha256:{'0' * 64}" for name in names}
    arguments = [f"--set={name}={image}" for name, image in images.items()]
    assert container(*arguments)["image"] == images["image.operator"]
    found = images_of(environment(*arguments))
    assert (found.services, found.web, found.kafka, found.redis) == tuple(images[name] for name in names[1:])


def test_the_chart_and_the_operator_have_the_same_default_images() -> None:
    assert images_of(environment()) == images_of({})


def test_every_image_comes_from_the_registry_of_a_parent_chart() -> None:
    arguments = ("--set=global.imageRegistry=registry.test:5000/mirror,image.web=localhost/page:1",)
    assert container(*arguments)["image"] == "registry.test:5000/mirror/flighttracker/operator:0.1.0"
    images = {name: image for name, image in environment(*arguments).items() if name.startswith("FLIGHTTRACKER_IMAGE")}
    assert images.pop("FLIGHTTRACKER_IMAGE_PULL_POLICY") == "IfNotPresent"
    assert {
        name.rpartition("_")[2]: image.removeprefix("registry.test:5000/mirror/") for name, image in images.items()
    } == {
        "SERVICES": "flighttracker/services:0.1.0",
        "WEB": "page:1",
        "KAFKA": "apache/kafka:4.1.1",
        "REDIS": "library/redis:7.2-bookworm",
        "REGISTRY": "apicurio/apicurio-registry:3.3.3",
    }
    assert only(render("--set=global.imageRegistry=a,serverImages.redis=redis:8"), "Deployment")
    assert (
        environment("--set=global.imageRegistry=a,serverImages.redis=redis:8")["FLIGHTTRACKER_IMAGE_REDIS"]
        == "a/redis:8"
    )


def test_a_digest_replaces_the_tag() -> None:
    digest = f"sha256:{'0' * 64}"
    arguments = (f"--set=image.digests.operator={digest},image.digests.web={digest}",)
    assert container(*arguments)["image"] == f"docker.io/flighttracker/operator@{digest}"
    assert environment(*arguments)["FLIGHTTRACKER_IMAGE_WEB"] == f"docker.io/flighttracker/web@{digest}"
    assert environment(*arguments)["FLIGHTTRACKER_IMAGE_SERVICES"] == "docker.io/flighttracker/services:0.1.0"


def test_pull_secrets_are_names_or_references() -> None:
    arguments = ("--set=image.pullSecrets={a}", '--set-json=global.imagePullSecrets=["b",{"name":"c"}]')
    assert operator_pod(*arguments)["imagePullSecrets"] == [{"name": name} for name in "abc"]
    assert environment(*arguments)["FLIGHTTRACKER_IMAGE_PULL_SECRETS"] == "a,b,c"  # for the pods of trackers, too
