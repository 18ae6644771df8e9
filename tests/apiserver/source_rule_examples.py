"""Examples of the rules of sources over TCP, of Virtual Radar Server and of VATSIM; see `rule_examples`."""

from __future__ import annotations

from typing import Any

from tests.apiserver.rule_example import Example, Json

_LIST = {"url": "http://pc/AircraftList.json"}
_WEB: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("VirtualRadar", "virtualRadar", _LIST),
    ("Vatsim", "vatsim", {}),
)
_KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("virtualRadar", _LIST),
    ("beast", {"connect": "pi:30005"}),
    ("sbs", {"connect": "pi:30003"}),
    ("vatsim", {}),
)


def _source(**members: Json) -> Json:
    return {"source": members}


def _sources(*ports: int) -> Json:
    return {
        "sources": [{"name": f"at-{place}", "beast": {"listen": {"port": port}}} for place, port in enumerate(ports)]
    }


SOURCE_EXAMPLES = (
    *(
        Example(
            "Source", "spec.source", kind, "leave one", _source(simulated={}, **{kind: good}), _source(**{kind: good})
        )
        for kind, good in _KINDS
    ),
    *(
        Example(
            "NamedSource",
            "spec.sources[0]",
            kind,
            "leave one",
            {"sources": [{"name": "a", "simulated": {}, kind: good}]},
            {"sources": [{"name": "a", kind: good}]},
        )
        for kind, good in _KINDS
    ),
    *(
        Example(model, f"spec.source.{kind}", "headers", words, _source(**{kind: bad}), _source(**{kind: good}))
        for model, kind, url in _WEB
        for words, bad, good in (
            ("names of HTTP headers", {**url, "headers": {"X Client": "a"}}, {**url, "headers": {"X-Client": "a b"}}),
            (
                "carry an account",
                {**url, "headers": {"authoriZation": "s3cret"}},
                {**url, "userAgent": "map (me@a.org)"},
            ),
        )
    ),
    *(
        Example(
            model,
            f"spec.source.{kind}",
            "url",
            "no user name or password",
            _source(**{kind: {"url": "http://me:s3cret@127.0.0.1/list"}}),
            _source(**{kind: {"url": "http://127.0.0.1/@me/list"}}),
        )
        for model, kind, _ in _WEB
    ),
    Example(
        "VirtualRadar",
        "spec.source.virtualRadar",
        "credentialsSecret",
        "is missing",
        _source(virtualRadar={**_LIST, "apiKey": {"header": "X-API-Key"}}),
        _source(virtualRadar={**_LIST, "apiKey": {"query": "key"}, "credentialsSecret": "receiver"}),
    ),
    Example(
        "Beast",
        "spec.source.beast",
        "connect",
        "and not both",
        _source(beast={"connect": "pi:30005", "listen": {}}),
        _source(beast={"listen": {}}),
    ),
    Example(
        "Listen",
        "spec.source.beast.listen",
        "port",
        "metrics",
        _source(beast={"listen": {"port": 9100}}),
        _source(beast={"listen": {"port": 9101}}),
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "sources",
        "different ports",
        _sources(30004, 30104, 30004),
        _sources(30004, 30104, 30204),
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "generator.replicas",
        "beast.listen",
        {**_source(beast={"listen": {}}), "generator": {"replicas": 2}},
        {**_source(beast={"connect": "pi:30005"}), "generator": {"replicas": 2}},
    ),
)
