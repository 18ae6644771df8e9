"""Each kind of mistake has its exact message, and several are reported at once."""

from __future__ import annotations

import pytest

from tests.unit.core.spec.mistakes import lines_of_spec


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (
            "source: {simulated: {aircraft: 0}}",
            "spec.source.simulated.aircraft is 0, but must be a whole number from 1 to 100,000",
        ),
        ("gateway: {replicas: two}", 'spec.gateway.replicas is "two", but must be a whole number from 0 to 100'),
        (
            'gateway: {replicas: "2"}',
            'spec.gateway.replicas is "2", but must be a whole number from 0 to 100, without quotes',
        ),
        ("gateway: {replicas: 1.5}", "spec.gateway.replicas is 1.5, but must be a whole number from 0 to 100"),
        ("gateway: {replicas: true}", "spec.gateway.replicas is true, but must be a whole number from 0 to 100"),
        ("gateway: {tickSeconds: .nan}", "spec.gateway.tickSeconds is NaN, but must be a number from 0.1 to 60"),
        (
            "gateway: {limits: {maxMessagesPerSecond: 0}}",
            "spec.gateway.limits.maxMessagesPerSecond is 0, but must be a number above 0, at most 1,000",
        ),
        ("paused: 'yes'", 'spec.paused is "yes", but must be true or false'),
        ("kafka: {provider: kraft}", 'spec.kafka.provider is "kraft", but must be one of builtin, strimzi, external'),
        ("kafka: {builtin: {replicas: 2}}", "spec.kafka.builtin.replicas is 2, but must be one of 1, 3"),
        (
            "web: {tilesAttribution: 3}",
            "spec.web.tilesAttribution is 3, but must be text, in quotes",
        ),
        (
            "gateway: {resources: {requests: {memory: 1 GB}}}",
            'spec.gateway.resources.requests.memory is "1 GB", but must be a quantity as Kubernetes writes them, '
            'such as "500m", 2, "256Mi" or "10Gi"',
        ),
        ("gateway: {allowedOrigins: '*'}", 'spec.gateway.allowedOrigins is "*", but must be a list'),
        (
            "gateway: {allowedOrigins: [example.org]}",
            'spec.gateway.allowedOrigins[0] is "example.org", but must be an origin such as '
            '"https://flights.example.org" or "https://*.example.org" without a path, or "*" for any',
        ),
        (
            "web: enabled true",
            'spec.web is "enabled true", but must be a mapping with the fields enabled, replicas, basePath, tilesUrl, '
            "tilesAttribution, baseMaps, overlays, defaultView, receiver, photos, service, resources, podTemplate",
        ),
        (
            "podTemplate: {imagePullSecrets: [" + ", ".join(["a"] * 17) + "]}",
            'spec.podTemplate.imagePullSecrets is ["a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a"…, '
            "but must be a list of at most 16 entries",
        ),
        (
            'podTemplate: {annotations: {"a.example/b": 3}}',
            'spec.podTemplate.annotations["a.example/b"] is 3, but must be text, in quotes',
        ),
        (
            "source: {readsb: {}}",
            "spec.source.readsb.url is missing: address of aircraft.json: "
            '"http://raspberrypi.local/tar1090/data/aircraft.json"',
        ),
        (
            "source: {opensky: }",
            "spec.source.opensky has no value: give it one ({} takes its defaults), or leave the field out",
        ),
    ],
)
def test_an_invalid_value_is_reported_with_what_is_valid(spec: str, line: str) -> None:
    assert lines_of_spec(spec) == [line]


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("gatway: {}", "spec.gatway is not a field: did you mean gateway?"),
        ("gateway: {tick_seconds: 1}", "spec.gateway.tick_seconds is not a field: did you mean tickSeconds?"),
        (
            "replicas: 3",
            "spec.replicas is not a field: did you mean spec.generator.replicas or spec.gateway.replicas or "
            "spec.history.replicas?",
        ),
        ("aircraft: 3", "spec.aircraft is not a field: did you mean spec.source.simulated.aircraft?"),
        (
            "redis: {sentinel: {}}",
            "spec.redis.sentinel is not a field: spec.redis has provider, builtin, external, podTemplate",
        ),
    ],
)
def test_for_an_unknown_field_a_known_one_is_suggested(spec: str, line: str) -> None:
    assert lines_of_spec(spec) == [line]


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (
            "gateway: {autoscaling: {minReplicas: 5, maxReplicas: 3}}",
            "spec.gateway.autoscaling.minReplicas is 5, but must be at most maxReplicas, 3",
        ),
        (
            "gateway: {replicas: 4, autoscaling: {}}",
            "spec.gateway.replicas is 4, but must be left out, because autoscaling sets the number of gateways",
        ),
        (
            "gateway: {tickSeconds: 5, keyFrameSeconds: 2}",
            "spec.gateway.keyFrameSeconds is 2, but must be at least tickSeconds, 5",
        ),
        (
            "gateway: {trustedProxies: [ingress]}",
            'spec.gateway.trustedProxies[0] is "ingress", but must be an address or a network in CIDR notation, '
            'such as "10.0.0.0/8" or "fd00::/8"',
        ),
        (
            "gateway: {trustedProxies: [10.0.0.1/8]}",
            'spec.gateway.trustedProxies is ["10.0.0.1/8"], but must be addresses or networks such as "10.0.0.0/8"; '
            '"10.0.0.1/8" is neither',
        ),
        (
            "gateway: {auth: {mode: token}}",
            "spec.gateway.auth.token is missing: mode: token needs hs256Secret or jwksUrl to verify tokens",
        ),
        (
            "gateway: {auth: {mode: token, token: {issuer: a}}}",
            "spec.gateway.auth.token.hs256Secret is missing: set hs256Secret or jwksUrl to verify tokens",
        ),
        (
            "gateway: {auth: {mode: token, token: {hs256Secret: a, jwksUrl: 'https://b/c'}}}",
            'spec.gateway.auth.token.jwksUrl is "https://b/c", but cannot be combined with hs256Secret: leave '
            "one of them out",
        ),
        (
            "gateway: {auth: {token: {hs256Secret: a}}}",
            'spec.gateway.auth.token is {"hs256Secret": "a"}, but must be left out, because mode is none; '
            "or set mode: token",
        ),
        (
            "kafka: {provider: external}",
            "spec.kafka.external is missing: provider: external needs the address of the server",
        ),
        (
            "kafka: {provider: external, external: {bootstrapServers: 'k:9092', tls: false, tlsSecret: a}}",
            'spec.kafka.external.tlsSecret is "a", but cannot be combined with tls: false; leave one out',
        ),
        (
            "kafka: {strimzi: {cluster: a}}",
            'spec.kafka.strimzi is {"cluster": "a"}, but must be left out, because provider is builtin; or '
            "set provider: strimzi",
        ),
        (
            "kafka: {replicationFactor: 3}",
            "spec.kafka.replicationFactor is 3, but must be at most the number of brokers, 1",
        ),
        (
            "source: {simulated: {}, readsb: {url: 'http://a/b'}}",
            'spec.source.readsb is {"url": "http://a/b"}, but cannot be combined with simulated: '
            "leave one of them out, or list them under sources",
        ),
        (
            "source: {opensky: {bbox: {south: 50, north: 40}}}",
            "spec.source.opensky.bbox.south is 50, but must be less than north, 40",
        ),
        (
            "source: {simulated: {countries: {de: 1}}}",
            'spec.source.simulated.countries.de is 1, but must be two capital letters (ISO 3166), such as "DE"',
        ),
        (
            "source: {simulated: {countries: {DE: 0}}}",
            'spec.source.simulated.countries is {"DE": 0}, but must give at least one country a weight above 0',
        ),
        (
            "source: {simulated: {intervalSeconds: 600}}",
            "spec.gateway.timeToLiveSeconds must be more than the source's interval of 600 s, "
            "or aircraft disappear between two reports",
        ),
        (
            "{kafka: {retentionMinutes: 5}, gateway: {timeToLiveSeconds: 900}}",
            "spec.kafka.retentionMinutes is 5, but must cover gateway.timeToLiveSeconds: "
            "a gateway rebuilds the map from the positions in Kafka",
        ),
        (
            "{sources: [{name: sky, opensky: {}}], source: {opensky: {}}}",
            'spec.source is {"opensky": {}}, but cannot be combined with sources: leave one of them out',
        ),
        (
            "sources: [{name: sky, opensky: {}}, {name: sky, readsb: {url: 'http://pi/'}}]",
            'spec.sources is [{"name": "sky", "opensky": {}}, {"name": "sky", "readsb": …, but must have unique names',
        ),
        (
            "sources: [{name: sky}]",
            "spec.sources[0].simulated or another kind of source is missing: an entry has a name and one source",
        ),
        (
            "sources: [{readsb: {url: 'http://pi/'}}]",
            "spec.sources[0].name is missing: name of the source, unique in the list. Positions, metrics and the page "
            "show it",
        ),
        (
            "sources: [{name: sky, opensky: {}, readsb: {url: 'http://pi/'}}]",
            'spec.sources[0].readsb is {"url": "http://pi/"}, but cannot be combined with opensky: '
            "leave one of them out, or list them under sources",
        ),
        (
            "sources: [{name: Sky, opensky: {}}]",
            "spec.sources[0].name is \"Sky\", but must be lower-case letters, digits and '-', "
            "with a letter or digit at both ends",
        ),
        (
            "sources: [{name: a, opensky: {}}, {name: b, simulated: {intervalSeconds: 600}}]",
            "spec.gateway.timeToLiveSeconds must be more than the source's interval of 600 s, "
            "or aircraft disappear between two reports",
        ),
        (
            "sources: [{name: a, opensky: {bbox: {south: 50, north: 40}}}]",
            "spec.sources[0].opensky.bbox.south is 50, but must be less than north, 40",
        ),
        (
            "ingress: {tls: {}}",
            "spec.ingress.tls.secretName is missing: TLS needs secretName, or clusterIssuer to issue a certificate",
        ),
        (
            "ingress: {tls: {secretName: a}}",
            "spec.ingress.host is missing: TLS needs the host name of the certificate",
        ),
        (
            "ingress: {className: nginx, gatewayApi: {parentRef: {name: a}}}",
            'spec.ingress.className is "nginx", but must be left out, because with gatewayApi the Gateway sets it',
        ),
        (
            "web: {basePath: /api/maps}",
            'spec.web.basePath is "/api/maps", but must not begin with /api, /ws, /schema, /health, /healthz, '
            "/ready or /metrics",
        ),
        (
            "web: {tilesUrl: 'https://a/{z}'}",
            'spec.web.tilesUrl is "https://a/{z}", but must contain {x} and {y} as well as {z}',
        ),
        (
            "web: {baseMaps: [{name: a, url: 'https://me:secret@a/b.pmtiles'}]}",
            'spec.web.baseMaps[0].url is "https://***@a/b.pmtiles", but must be a URL, or a path on the page\'s host, '
            "with {z} before {x} and {y}, or of a .pmtiles file, without a user name",
        ),
        *(
            (
                f"web: {{photos: {{url: '{url}'}}}}",
                f'spec.web.photos.url is "{shown}", but must be a URL that begins with "https://" and has {{icao24}} '
                "or {registration} in its path, without a user name",
            )
            for url, shown in (
                ("http://photos.example/{icao24}.jpg", "http://photos.example/{icao24}.jpg"),
                ("https://photos.example/all.jpg", "https://photos.example/all.jpg"),
                ("https://{icao24}.photos.example/", "https://{icao24}.photos.example/"),
                ("https://me:secret@photos.example/{icao24}.jpg", "https://***@photos.example/{icao24}.jpg"),
            )
        ),
        (
            "web: {overlays: [{name: a, url: //elsewhere.example/a.kml}]}",
            'spec.web.overlays[0].url is "//elsewhere.example/a.kml", but must be a URL or a path on the page\'s host, '
            'such as "/overlays/airspaces.geojson", without a user name',
        ),
    ],
)
def test_a_violated_rule_over_several_fields_is_reported(spec: str, line: str) -> None:
    assert lines_of_spec(spec) == [line]


def test_all_mistakes_are_reported_at_once() -> None:
    spec = """
        gatway: {}
        paused: 1
        source: {simulated: {aircraft: "10", foo: 1}, readsb: {}}
        kafka: {provider: external, strimzi: {}}
        gateway:
          autoscaling: {minReplicas: 5, maxReplicas: 3}
          limits:
        redis: {provider: external}
        paused: 1
        """
    assert lines_of_spec(spec) == [
        "spec.paused is set twice: first on line 6, again on line 13",
        "spec.gateway.limits has no value: give it one ({} takes its defaults), or leave the field out",
        'spec.source.simulated.aircraft is "10", but must be a whole number from 1 to 100,000, without quotes',
        "spec.source.simulated.foo is not a field: spec.source.simulated has aircraft, countries, seed, "
        "intervalSeconds",
        "spec.source.readsb.url is missing: address of aircraft.json: "
        '"http://raspberrypi.local/tar1090/data/aircraft.json"',
        "spec.kafka.strimzi is {}, but must be left out, because provider is external; or set provider: strimzi",
        "spec.kafka.external is missing: provider: external needs the address of the server",
        "spec.redis.external is missing: provider: external needs the address of the server",
        "spec.gateway.autoscaling.minReplicas is 5, but must be at most maxReplicas, 3",
        "spec.gatway is not a field: did you mean gateway?",
    ]


LONG_PASSWORD = "s3cret" * 20


@pytest.mark.parametrize(
    "spec",
    [
        f"source: {{readsb: {{url: 'http://pi:{LONG_PASSWORD}@receiver/'}}}}",
        f"source: {{readsb: {{url: 'ftp://pi:{LONG_PASSWORD}@receiver/'}}}}",
        f"source: {{readsb: 'http://pi:{LONG_PASSWORD}@receiver/'}}",
        f"gateway: {{allowedOrigins: ['https://me:{LONG_PASSWORD}@page']}}",
        f"source: {{readsb: {{url: http://pi:{LONG_PASSWORD}@receiver/: x}}}}",
    ],
)
def test_no_mistake_shows_a_password(spec: str) -> None:
    # Values are truncated, and a truncated URL does not show where its password ends.
    shown = "\n".join(lines_of_spec(spec))
    assert "s3cret" not in shown
    assert "***@" in shown


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ('source: {readsb: {url: http://receiver/, headers: {X-My-Token: "s3cret\\n"}}}', "headers.X-My-Token"),
        ("gateway: {auth: {mode: token, token: {hs256Secret: s3cret key}}}", "token.hs256Secret"),
        (
            "kafka: {provider: external, external: {bootstrapServers: 'a:9092', saslSecret: S3CRET s3cret}}",
            "saslSecret",
        ),
    ],
)
def test_a_value_in_the_place_of_a_name_of_a_secret_is_not_shown(spec: str, field: str) -> None:
    (line,) = lines_of_spec(spec)
    assert f"{field} is ***, but must be" in line
    assert "s3cret" not in line


@pytest.mark.parametrize("spec", ["paused: 'a\u202eb'", "'a\u202eb': 1"])
def test_a_mistake_has_no_hidden_characters(spec: str) -> None:
    (line,) = lines_of_spec(spec)
    assert '"ab"' in line
    assert "\u202e" not in line
