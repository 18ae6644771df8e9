"""Examples of the rules of `podTemplate`; `rule_examples` includes them."""

from __future__ import annotations

from tests.apiserver.rule_example import Example, Json

_PARTS = {
    "Generator": ("generator", "generator"),
    "Gateway": ("gateway", "gateway"),
    "History": ("history", "historian"),
    "Web": ("web", "web"),
    "Kafka": ("kafka", "kafka"),
    "Redis": ("redis", "redis"),
    "SchemaRegistrySpec": ("schemaRegistry", "registry"),
}
"""The field of each model with a template, and the container of its pods."""
_FIELDS = ("containers", "initContainers")


def _template(part: str, field: str, **container: object) -> Json:
    return {part: {"podTemplate": {field: [container]}}}


POD_EXAMPLES = (
    *(
        Example(
            model,
            f"spec.{part}",
            f"podTemplate.{field}",
            "if additional",
            _template(part, field, name=name, **bad),
            _template(part, field, name=name, **good),
        )
        for model, (part, own) in _PARTS.items()
        for field in _FIELDS
        for name, bad, good in (
            (own, {"command": ["sleep"]}, {"env": [{"name": "TZ", "value": "UTC"}]}),
            ("extra", {}, {"image": "example.org/extra:1"}),
        )
    ),
    *(
        Example(
            "FlightTrackerSpec",
            "spec",
            f"podTemplate.{field}",
            "of one part",
            {"podTemplate": {field: [bad]}},
            {"podTemplate": {field: [{"name": "extra", "image": "example.org/extra:1"}]}},
        )
        for field in _FIELDS
        for bad in ({"name": "gateway", "image": "example.org/gateway:1"}, {"name": "extra"})
    ),
)
