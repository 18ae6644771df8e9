"""An example of each rule over several fields.

Unit tests run `broken_rules()` on them, tests on a real API server the CRD. Both check that every rule has an example.
"""

from __future__ import annotations

from tests.apiserver.history_rule_examples import HISTORY_EXAMPLES
from tests.apiserver.pod_rule_examples import POD_EXAMPLES
from tests.apiserver.rule_example import Example, Json
from tests.apiserver.server_rule_examples import SERVER_EXAMPLES
from tests.apiserver.source_rule_examples import SOURCE_EXAMPLES

_HOST = {"enabled": True, "host": "flights.example.org"}
_PARENT = {"parentRef": {"name": "public"}}
_NO_ACCOUNT = "no user name or password"


def _source(**members: Json) -> Json:
    return {"source": members}


def _sources(**members: Json) -> Json:
    return {"sources": [{"name": "first", **members}]}


EXAMPLES = (
    *SERVER_EXAMPLES,
    *HISTORY_EXAMPLES,
    *POD_EXAMPLES,
    *SOURCE_EXAMPLES,
    Example(
        "Simulated",
        "spec.source.simulated",
        "countries",
        "two capital",
        _source(simulated={"countries": {"de": 1}}),
        _source(simulated={"countries": {"DE": 1}}),
    ),
    Example(
        "Simulated",
        "spec.source.simulated",
        "countries",
        "weight above 0",
        _source(simulated={"countries": {"DE": 0}}),
        _source(simulated={"countries": {"DE": 0, "FR": 0.5}}),
    ),
    Example(
        "BoundingBoxSpec",
        "spec.source.opensky.bbox",
        "south",
        "less than north",
        _source(opensky={"bbox": {"south": 50, "north": 50}}),
        _source(opensky={"bbox": {"south": 49.5, "north": 50}}),
    ),
    Example(
        "BoundingBoxSpec",
        "spec.source.opensky.bbox",
        "west",
        "differ",
        _source(opensky={"bbox": {"west": 5, "east": 5}}),
        _source(opensky={"bbox": {"west": 5, "east": -5}}),
    ),
    Example(
        "OpenSky",
        "spec.source.opensky",
        "url",
        _NO_ACCOUNT,
        _source(opensky={"url": "https://me:s3cret@opensky-network.org/api/states/all"}),
        _source(opensky={"url": "https://opensky-network.org/api/states/all?at=@"}),
    ),
    Example(
        "Readsb",
        "spec.source.readsb",
        "url",
        _NO_ACCOUNT,
        _source(readsb={"url": "http://pi:s3cret@127.0.0.1:8080/aircraft.json"}),
        _source(readsb={"url": "http://127.0.0.1:8080/@pi/aircraft.json"}),
    ),
    *(
        Example("AircraftTableSpec", "spec.aircraftTable", path, words, {"aircraftTable": bad}, {"aircraftTable": good})
        for path, words, bad, good in (
            ("url", _NO_ACCOUNT, {"url": "https://me:s3cret@a.org/table"}, {"url": "https://a.org/@me"}),
            ("url", "and not both", {}, {"url": "https://a.org/aircraft.csv.gz"}),
            ("file", "cannot have ..", {"file": "a/../b"}, {"file": "a/..b", "volumeClaim": "tables"}),
            ("volumeClaim", "needs file", {"url": "http://a", "volumeClaim": "t"}, {"file": "/a", "volumeClaim": "t"}),
            ("headers", "names of HTTP headers", {"file": "a", "headers": {"X Y": ""}}, {"file": "/var/lib/a.csv"}),
            ("headers", "carry an account", {"url": "http://a", "headers": {"Cookie": "a"}}, {"url": "http://a"}),
            (
                "credentialsSecret",
                "is missing",
                {"url": "http://a", "apiKey": {"query": "key"}},
                {"url": "http://a", "apiKey": {"query": "key"}, "credentialsSecret": "a"},
            ),
        )
    ),
    *(
        Example(model, f"spec.source.{name}", "headers", words, {"source": {name: bad}}, {"source": {name: good}})
        for model, name, url in (("OpenSky", "opensky", {}), ("Readsb", "readsb", {"url": "http://pi/"}))
        for words, bad, good in (
            ("names of HTTP headers", {**url, "headers": {"X Client": "a"}}, {**url, "headers": {"X-Client": "a b"}}),
            (
                "carry an account",
                {**url, "headers": {"authoriZation": "s3cret"}},
                {**url, "userAgent": "map (me@a.org)"},
            ),
        )
    ),
    Example(
        "Readsb",
        "spec.source.readsb",
        "credentialsSecret",
        "is missing",
        _source(readsb={"url": "http://pi/", "apiKey": {"header": "X-API-Key"}}),
        _source(readsb={"url": "http://pi/", "apiKey": {"query": "key"}, "credentialsSecret": "receiver"}),
    ),
    Example(
        "ApiKey",
        "spec.source.readsb.apiKey",
        "header",
        "and not both",
        _source(readsb={"url": "http://pi/", "apiKey": {}, "credentialsSecret": "receiver"}),
        _source(readsb={"url": "http://pi/", "apiKey": {"header": "X-API-Key"}, "credentialsSecret": "receiver"}),
    ),
    Example("Source", "spec.source", "opensky", "leave one", _source(simulated={}, opensky={}), _source(opensky={})),
    Example(
        "Source",
        "spec.source",
        "readsb",
        "leave one",
        _source(simulated={}, readsb={"url": "http://pi/"}),
        _source(readsb={"url": "http://pi/"}),
    ),
    *(
        Example("NamedSource", "spec.sources[0]", path, words, _sources(**bad), _sources(**good))
        for path, words, bad, good in (
            ("opensky", "leave one", {"simulated": {}, "opensky": {}}, {"opensky": {}}),
            (
                "readsb",
                "leave one",
                {"opensky": {}, "readsb": {"url": "http://pi/"}},
                {"readsb": {"url": "http://pi/"}},
            ),
            ("simulated", "a name and one source", {}, {"simulated": {}}),
        )
    ),
    Example(
        "Autoscaling",
        "spec.gateway.autoscaling",
        "minReplicas",
        "maxReplicas",
        {"gateway": {"autoscaling": {"minReplicas": 3, "maxReplicas": 2}}},
        {"gateway": {"autoscaling": {"minReplicas": 3, "maxReplicas": 3}}},
    ),
    Example(
        "Token",
        "spec.gateway.auth.token",
        "hs256Secret",
        "is missing",
        {"gateway": {"auth": {"mode": "token", "token": {}}}},
        {"gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "keys"}}}},
    ),
    Example(
        "Token",
        "spec.gateway.auth.token",
        "jwksUrl",
        "cannot be combined",
        {"gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "keys", "jwksUrl": "https://keys"}}}},
        {"gateway": {"auth": {"mode": "token", "token": {"jwksUrl": "https://keys"}}}},
    ),
    Example(
        "Token",
        "spec.gateway.auth.token",
        "jwksUrl",
        _NO_ACCOUNT,
        {"gateway": {"auth": {"mode": "token", "token": {"jwksUrl": "https://s3cret@keys/jwks"}}}},
        {"gateway": {"auth": {"mode": "token", "token": {"jwksUrl": "https://keys/jwks"}}}},
    ),
    Example("Auth", "spec.gateway.auth", "token", "is missing", {"gateway": {"auth": {"mode": "token"}}}),
    Example(
        "Auth",
        "spec.gateway.auth",
        "token",
        "must be left out",
        {"gateway": {"auth": {"token": {"hs256Secret": "keys"}}}},
    ),
    Example(
        "Gateway",
        "spec.gateway",
        "replicas",
        "must be left out",
        {"gateway": {"replicas": 5, "autoscaling": {}}},
        {"gateway": {"autoscaling": {}}},
    ),
    Example(
        "Gateway",
        "spec.gateway",
        "keyFrameSeconds",
        "tickSeconds",
        {"gateway": {"keyFrameSeconds": 5, "tickSeconds": 6}},
        {"gateway": {"keyFrameSeconds": 6, "tickSeconds": 6}},
    ),
    Example(
        "Web",
        "spec.web",
        "basePath",
        "must not begin with",
        {"web": {"basePath": "/ws/north"}},
        {"web": {"basePath": "/wsx/north"}},
    ),
    Example(
        "Web",
        "spec.web",
        "tilesUrl",
        "{x} and {y}",
        {"web": {"tilesUrl": "https://tiles/{z}/{x}.png"}},
        {"web": {"tilesUrl": "https://tiles/europe.pmtiles?key=1"}},
    ),
    Example(
        "Web",
        "spec.web",
        "tilesUrl",
        _NO_ACCOUNT,
        {"web": {"tilesUrl": "https://me:s3cret@tiles/{z}/{x}/{y}.png"}},
        {"web": {"tilesUrl": "https://tiles/{z}/{x}/{y}@2x.png"}},
    ),
    *(
        Example(
            "WebService",
            "spec.web.service",
            field,
            "must be left out",
            {"web": {"service": {"type": refused, field: value}}},
            {"web": {"service": {"type": "LoadBalancer", field: value}}},
        )
        for field, value, refused in (
            ("loadBalancerClass", "service.k8s.aws/nlb", "NodePort"),
            ("loadBalancerSourceRanges", ["192.0.2.0/24"], "NodePort"),
            ("externalTrafficPolicy", "Local", "ClusterIP"),
        )
    ),
    Example(
        "Monitoring",
        "spec.monitoring",
        "otlpEndpoint",
        _NO_ACCOUNT,
        {"monitoring": {"otlpEndpoint": "http://me:s3cret@collector:4318"}},
        {"monitoring": {"otlpEndpoint": "http://collector:4318"}},
    ),
    Example(
        "CaBundle",
        "spec.outgoing.caBundle",
        "configMapName",
        "not both",
        {"outgoing": {"caBundle": {"configMapName": "a", "secretName": "b"}}},
        {"outgoing": {"caBundle": {"configMapName": "a"}}},
    ),
    *(
        Example(
            "OutgoingSpec",
            "spec.outgoing",
            proxy,
            _NO_ACCOUNT,
            {"outgoing": {proxy: "http://me:s3cret@proxy:3128"}},
            {"outgoing": {proxy: "http://proxy:3128"}},
        )
        for proxy in ("httpProxy", "httpsProxy")
    ),
    Example(
        "IngressTls",
        "spec.ingress.tls",
        "secretName",
        "is missing",
        {"ingress": {**_HOST, "tls": {}}},
        {"ingress": {**_HOST, "tls": {"clusterIssuer": "letsencrypt"}}},
    ),
    Example(
        "Ingress",
        "spec.ingress",
        "host",
        "is missing",
        {"ingress": {"tls": {"secretName": "tls"}}},
        {"ingress": {**_HOST, "tls": {"secretName": "tls"}}},
    ),
    Example(
        "Ingress",
        "spec.ingress",
        "className",
        "gatewayApi",
        {"ingress": {"className": "nginx", "gatewayApi": _PARENT}},
        {"ingress": {"gatewayApi": _PARENT}},
    ),
    Example(
        "Ingress",
        "spec.ingress",
        "tls",
        "gatewayApi",
        {"ingress": {**_HOST, "tls": {"secretName": "tls"}, "gatewayApi": _PARENT}},
        {"ingress": {**_HOST, "gatewayApi": _PARENT}},
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "gateway.timeToLiveSeconds",
        "between two reports",
        {"gateway": {"timeToLiveSeconds": 15}},
        {"gateway": {"timeToLiveSeconds": 16}},
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "kafka.retentionMinutes",
        "rebuilds",
        {"gateway": {"timeToLiveSeconds": 301}, "kafka": {"retentionMinutes": 5}},
        {"gateway": {"timeToLiveSeconds": 300}, "kafka": {"retentionMinutes": 5}},
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "source",
        "combined with sources",
        {"source": {"opensky": {}}, "sources": [{"name": "pi", "readsb": {"url": "http://pi/"}}]},
        {"source": {}, "sources": [{"name": "pi", "readsb": {"url": "http://pi/"}}]},
    ),
)
