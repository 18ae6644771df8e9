"""Tests of `pod_templates`: which templates of a resource have an effect."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.model.pod_templates import WITH_PODS, pod_templates
from tests.unit.operator.manifests.cases import tracker


def test_the_defaults_of_the_api_server_are_no_template() -> None:
    """Otherwise each pass of each tracker would merge templates, and render everything again to compare."""
    defaults: dict[str, Any] = {"tolerations": [], "nodeSelector": {}, "affinity": {}, "annotations": {}, "labels": {}}
    wanted = tracker({"podTemplate": {**defaults, "imageOverrides": {"web": "example.org/web:1"}}, "web": {}})
    assert [pod_templates(wanted, component) for component in WITH_PODS] == [()] * len(WITH_PODS)


def test_the_template_of_all_pods_is_the_first() -> None:
    wanted = tracker({"podTemplate": {"labels": {"a": "b"}}, "redis": {"podTemplate": {"volumes": []}}})
    assert [one.path for one in pod_templates(wanted, "redis")] == ["spec.podTemplate"]
    wanted = tracker({"podTemplate": {"labels": {"a": "b"}}, "redis": {"podTemplate": {"runtimeClassName": "c"}}})
    assert [one.path for one in pod_templates(wanted, "redis")] == ["spec.podTemplate", "spec.redis.podTemplate"]
