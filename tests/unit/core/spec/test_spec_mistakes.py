"""Each kind of mistake gives the exact lines that a person reads, and several are told at once."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import pytest

from flighttracker.errors import SpecError
from flighttracker.spec import parse_tracker

HEAD = "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\n"
BEGINS = "apiVersion: flighttracker.io/v1alpha1, kind: FlightTracker, metadata: {name: …}, spec: {}"


def lines_of(text: str) -> list[str]:
    with pytest.raises(SpecError) as raised:
        parse_tracker(text, source="test.yaml")
    assert raised.value.__notes__ == ["in test.yaml"]
    return str(raised.value).splitlines()


def lines_of_spec(spec: str) -> list[str]:
    return lines_of(HEAD + "spec:\n" + indent(dedent(spec).strip("\n"), "  ") + "\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", f"the document is empty: a tracker begins with {BEGINS}"),
        ("# nothing but a comment\n---\n", f"the document is empty: a tracker begins with {BEGINS}"),
        ("- a\n- b\n", f'the document is ["a", "b"], but must begin with {BEGINS}'),
        ("hello", f'the document is "hello", but must begin with {BEGINS}'),
        (
            HEAD + "---\n" + HEAD,
            "the document holds 2 resources (the second begins on line 5): put each in a file of its own",
        ),
        ("a: &a [*a]", "the document is nested too deeply or repeats too much with anchors"),
        ("[" * 5000, "the document is nested too deeply or repeats too much with anchors"),
        ("a" * 1_048_577, "the document is longer than 1,048,576 characters"),
        (HEAD + "spec:", "spec has no value: give it one ({} takes its defaults), or leave the field out"),
        (
            HEAD + "spec: !!python/object:os.system {}",
            "spec has the YAML tag tag:yaml.org,2002:python/object:os.system, but only what JSON can say is read",
        ),
        (
            "apiVersion: flighttracker.io/v1alpha1\nkind: Pod\nspec: {containers: []}",
            'kind is "Pod", but must be FlightTracker',
        ),
        ("apiVersion: flighttracker.io/v1alpha1\nspec: {}", "kind is missing: write kind: FlightTracker"),
        (
            HEAD.replace("v1alpha1", "v2"),
            'apiVersion is "flighttracker.io/v2", but must be flighttracker.io/v1alpha1',
        ),
        (
            "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\n",
            "metadata.name is missing: name of the tracker; a prefix of the names of everything that belongs to it",
        ),
        (
            HEAD.replace("name: a", "name: My Map"),
            "metadata.name is \"My Map\", but must be lower-case letters, digits and '-', with a letter or "
            "digit at both ends",
        ),
        (
            HEAD.replace("name: a", f"name: {'a' * 41}"),
            f"metadata.name is \"{'a' * 41}\", but must be lower-case letters, digits and '-', "
            "with a letter or digit at both ends, at most 40 characters",
        ),
        (HEAD + "sepc: {}", "sepc is not a field: did you mean spec?"),
    ],
)
def test_a_document_that_is_no_tracker(text: str, line: str) -> None:
    assert lines_of(text) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "spec:\n\tsource: {}",
            "line 2, column 1 (source: {}) begins with a tab: YAML is indented with spaces",
        ),
        (
            "spec:\n  web: a: b",
            "line 2, column 9 (web: a: b) holds a ':' where none can stand: check the indentation, or put it in quotes",
        ),
        (
            "spec:\n  web:\n    enabled: true\n   kafka: {}",
            "line 4, column 4 (kafka: {}) does not line up with the lines before it: check the indentation",
        ),
        (
            "spec:\n  web: {enabled: true\n",
            "line 2, column 8 (web: {enabled: true) begins a bracket that is never closed, or lacks a ',' inside",
        ),
        ("spec:\n  host: 'abc\n", "line 2, column 9 (host: 'abc) begins a text in quotes that is never closed"),
        ("spec: *nowhere", "line 1, column 7 (spec: *nowhere) is not YAML: found undefined alias 'nowhere'"),
        (
            "spec:\n  a\n  b: 1",
            "line 3, column 4 (b: 1) holds a ':' where none can stand: check the indentation, or put it in quotes",
        ),
        ("a: !!int abc", "the document is not YAML: invalid literal for int() with base 10: 'abc'"),
        (
            "a: \0",
            "the document is not YAML: unacceptable character #x0000: special characters are not allowed in "
            '"<unicode string>", position 3',
        ),
    ],
)
def test_text_that_is_not_yaml_names_line_and_column(text: str, line: str) -> None:
    assert lines_of(text) == [line]


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
            '"https://flights.example.org", without a path, or "*" for any',
        ),
        (
            "web: enabled true",
            'spec.web is "enabled true", but must be a mapping with the fields enabled, replicas, tilesUrl, '
            "tilesAttribution, defaultView, resources",
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
def test_a_value_that_is_not_allowed(spec: str, line: str) -> None:
    assert lines_of_spec(spec) == [line]


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("gatway: {}", "spec.gatway is not a field: did you mean gateway?"),
        ("gateway: {tick_seconds: 1}", "spec.gateway.tick_seconds is not a field: did you mean tickSeconds?"),
        (
            "replicas: 3",
            "spec.replicas is not a field: did you mean spec.generator.replicas or spec.gateway.replicas or "
            "spec.web.replicas?",
        ),
        ("aircraft: 3", "spec.aircraft is not a field: did you mean spec.source.simulated.aircraft?"),
        (
            "redis: {sentinel: {}}",
            "spec.redis.sentinel is not a field: spec.redis has provider, builtin, external",
        ),
    ],
)
def test_an_unknown_field_is_answered_with_a_known_one(spec: str, line: str) -> None:
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
            'spec.gateway.trustedProxies is ["10.0.0.1/8"], but must hold addresses and networks such as "10.0.0.0/8"; '
            '"10.0.0.1/8" is neither',
        ),
        (
            "gateway: {auth: {mode: token}}",
            "spec.gateway.auth.token is missing: mode: token needs hs256Secret or jwksUrl to check tokens with",
        ),
        (
            "gateway: {auth: {mode: token, token: {issuer: a}}}",
            "spec.gateway.auth.token.hs256Secret is missing: a token needs hs256Secret or jwksUrl to be checked with",
        ),
        (
            "gateway: {auth: {mode: token, token: {hs256Secret: a, jwksUrl: 'https://b/c'}}}",
            'spec.gateway.auth.token.jwksUrl is "https://b/c", but cannot stand beside hs256Secret: leave '
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
            'spec.source.readsb is {"url": "http://a/b"}, but cannot stand beside simulated: '
            "a tracker has one source, leave one of them out",
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
            "spec.gateway.timeToLiveSeconds must be more than the source's interval of 600 s: aircraft would blink",
        ),
        (
            "{kafka: {retentionMinutes: 5}, gateway: {timeToLiveSeconds: 900}}",
            "spec.kafka.retentionMinutes is 5, but must cover gateway.timeToLiveSeconds: "
            "a gateway rebuilds the map from what is kept",
        ),
        (
            "{generator: {replicas: 2}, source: {opensky: {}}}",
            "spec.generator.replicas is 2, but must be 1 with opensky: each generator would spend credits of its own",
        ),
        (
            "ingress: {tls: {}}",
            "spec.ingress.tls.secretName is missing: TLS needs secretName, or clusterIssuer to make a certificate",
        ),
        (
            "ingress: {tls: {secretName: a}}",
            "spec.ingress.host is missing: TLS needs the host that the certificate is for",
        ),
        (
            "ingress: {className: nginx, gatewayApi: {parentRef: {name: a}}}",
            'spec.ingress.className is "nginx", but must be left out: with gatewayApi the Gateway decides it',
        ),
        (
            "web: {tilesUrl: 'https://a/{z}'}",
            'spec.web.tilesUrl is "https://a/{z}", but must hold {x} and {y} beside {z}',
        ),
    ],
)
def test_a_rule_over_several_fields(spec: str, line: str) -> None:
    assert lines_of_spec(spec) == [line]


def test_a_bare_no_among_the_countries_is_told() -> None:
    assert lines_of_spec("source: {simulated: {countries: {DE: 1, NO: 1}}}") == [
        'spec.source.simulated.countries has the key NO, which YAML reads as false: write "NO", in quotes'
    ]


def test_a_field_that_stands_twice_is_told_with_both_lines() -> None:
    assert lines_of(HEAD + "spec:\n  paused: true\n  web: {}\n  paused: false\n") == [
        "spec.paused stands twice: first on line 5, again on line 7"
    ]


def test_all_mistakes_are_told_at_once() -> None:
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
        "spec.paused stands twice: first on line 6, again on line 13",
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


@pytest.mark.parametrize("value", ["2024-01-01", "1:30:00"])
def test_text_stays_what_kubectl_would_send(value: str) -> None:
    tracker = parse_tracker(HEAD + f"spec: {{podTemplate: {{labels: {{a: '{value}'}}}}}}", source="test")
    assert tracker.spec.pod_template.labels == {"a": value}


def test_a_date_without_quotes_is_text() -> None:
    tracker = parse_tracker(HEAD + "spec: {web: {tilesAttribution: 2024-01-01}}", source="test")
    assert tracker.spec.web.tiles_attribution == "2024-01-01"


def test_anchors_and_merges_are_read_as_kubectl_reads_them() -> None:
    spec: dict[str, Any] = {"web": "&small {replicas: 3}", "generator": "{<<: *small}"}
    text = HEAD + "spec:\n" + "".join(f"  {name}: {value}\n" for name, value in spec.items())
    assert parse_tracker(text, source="test").spec.generator.replicas == 3
