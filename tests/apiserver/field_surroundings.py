"""Other fields that a field of the resource needs to be valid, for the test of each constraint on an API server."""

from __future__ import annotations

from collections.abc import Mapping

from flighttracker.spec.source import source_names
from tests.apiserver.rule_example import Json

LONG_LIVED = {"timeToLiveSeconds": 3600}


def _as_list(spec: Json) -> Json:
    others = {name: part for name, part in spec.items() if name != "source"}
    return {**others, "sources": [{"name": "a", **spec.get("source", {})}]}


_OF_A_SOURCE: Mapping[str, Json] = {
    "source.readsb": {"source": {"readsb": {"url": "http://pi"}}},
    "source.readsb.intervalSeconds": {"source": {"readsb": {"url": "http://pi"}}, "gateway": LONG_LIVED},
    "source.readsb.apiKey.header": {"source": {"readsb": {"url": "http://pi", "credentialsSecret": "a"}}},
    "source.readsb.apiKey.query": {"source": {"readsb": {"url": "http://pi", "credentialsSecret": "a"}}},
    "source.opensky.intervalSeconds": {"gateway": LONG_LIVED},
    "source.opensky.bbox.south": {"source": {"opensky": {"bbox": {"north": 90}}}},
    "source.opensky.bbox.west": {"source": {"opensky": {"bbox": {"east": 0}}}},
    "source.opensky.bbox.east": {"source": {"opensky": {"bbox": {"west": 0}}}},
    "source.simulated.intervalSeconds": {"gateway": LONG_LIVED},
    "source.virtualRadar": {"source": {"virtualRadar": {"url": "http://pc"}}},
    "source.virtualRadar.intervalSeconds": {"source": {"virtualRadar": {"url": "http://pc"}}, "gateway": LONG_LIVED},
    "source.virtualRadar.apiKey.header": {"source": {"virtualRadar": {"url": "http://pc", "credentialsSecret": "a"}}},
    "source.virtualRadar.apiKey.query": {"source": {"virtualRadar": {"url": "http://pc", "credentialsSecret": "a"}}},
    "source.vatsim.intervalSeconds": {"gateway": LONG_LIVED},
    "source.beast": {"source": {"beast": {"connect": "pi:30005"}}},
    "source.beast.connect": {},
    "source.beast.listen": {"source": {"beast": {"listen": {}}}},
    "source.beast.receiver": {
        "source": {"beast": {"connect": "pi:30005", "receiver": {"latitude": 0, "longitude": 0}}}
    },
    "source.sbs": {"source": {"sbs": {"connect": "pi:30003"}}},
    "source.simulated.countries{}": {"source": {"simulated": {"countries": {"FR": 1}}}},
}

_TEMPLATES = ("", "generator.", "gateway.", "history.", "web.", "kafka.", "redis.", "schemaRegistry.")


def _container(part: str, field: str) -> Json:
    template = {"podTemplate": {field: [{"name": "a", "image": "b"}]}}
    return {part.rstrip("."): template} if part else template


SURROUNDINGS: Mapping[str, Json] = {
    **_OF_A_SOURCE,
    **{
        f"{part}podTemplate.{field}[]": _container(part, field)
        for part in _TEMPLATES
        for field in ("containers", "initContainers")
    },
    **{f"sources[].{kind}": {"sources": [{"name": "a"}]} for kind in source_names()},
    **{path.replace("source.", "sources[].", 1): _as_list(spec) for path, spec in _OF_A_SOURCE.items()},
    "sources[]": {"sources": [{"name": "a", "simulated": {}}]},
    "aircraftTable": {"aircraftTable": {"url": "http://a"}},
    "aircraftTable.file": {"aircraftTable": {}},
    "aircraftTable.volumeClaim": {"aircraftTable": {"file": "a"}},
    "aircraftTable.apiKey.header": {"aircraftTable": {"url": "http://a", "credentialsSecret": "a"}},
    "aircraftTable.apiKey.query": {"aircraftTable": {"url": "http://a", "credentialsSecret": "a"}},
    "kafka.strimzi": {"kafka": {"provider": "strimzi", "strimzi": {}}},
    "kafka.external": {"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}}},
    "kafka.replicationFactor": {"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}}},
    "redis.external": {"redis": {"provider": "external", "external": {"urlSecret": "redis"}}},
    "schemaRegistry.external": {"schemaRegistry": {"provider": "external", "external": {"url": "http://registry"}}},
    "gateway.auth": {"gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "keys"}}}},
    "gateway.auth.token.jwksUrl": {"gateway": {"auth": {"mode": "token", "token": {}}}},
    "gateway.autoscaling.minReplicas": {"gateway": {"autoscaling": {"maxReplicas": 100}}},
    "gateway.autoscaling.maxReplicas": {"gateway": {"autoscaling": {"minReplicas": 1}}},
    "gateway.tickSeconds": {"gateway": {"keyFrameSeconds": 600}},
    "gateway.timeToLiveSeconds": {"source": {"simulated": {"intervalSeconds": 1}}},
    "gateway.keyFrameSeconds": {"gateway": {"tickSeconds": 0.1}},
    "kafka.retentionMinutes": {"gateway": {"timeToLiveSeconds": 300}},
    "history.replicas": {"history": {"storage": {"s3": {"bucket": "flights"}}}},
    "history.storage.s3": {"history": {"storage": {"s3": {"bucket": "flights"}}}},
    "web.tilesUrl": {},
    "web.receiver": {"web": {"receiver": {"latitude": 0, "longitude": 0}}},
    "web.photos": {"web": {"photos": {"url": "https://photos.example.org/{icao24}.jpg"}}},
    "web.baseMaps[]": {"web": {"baseMaps": [{"name": "a", "url": "/a.pmtiles"}]}},
    "web.overlays[]": {"web": {"overlays": [{"name": "a", "url": "/a.kml"}]}},
    "web.service.loadBalancerClass": {"web": {"service": {"type": "LoadBalancer"}}},
    "web.service.loadBalancerSourceRanges": {"web": {"service": {"type": "LoadBalancer"}}},
    "web.service.externalTrafficPolicy": {"web": {"service": {"type": "NodePort"}}},
    "ingress.tls": {"ingress": {"host": "flights.example.org", "tls": {"secretName": "tls"}}},
    "ingress.gatewayApi": {"ingress": {"gatewayApi": {"parentRef": {"name": "public"}}}},
    "outgoing.caBundle.key": {"outgoing": {"caBundle": {"configMapName": "a"}}},
    "gateway.tls": {"gateway": {"tls": {"secretName": "tls"}}},
}
"""Other fields that a field needs to be valid, by path; the longest matching path applies."""
