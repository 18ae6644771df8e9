"""What generators may connect to."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from flighttracker_operator.model.policy import Egress, Outgoing, Policy
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, made, tracker

EXTERNAL_KAFKA = {"provider": "external", "external": {"bootstrapServers": "kafka.example.org:9093"}}
EXTERNAL_REGISTRY = {"provider": "external", "external": {"url": "https://registry.example.org:8443/api"}}
READSB = {"readsb": {"url": "http://receiver.example.org:8080/aircraft.json"}}
PRIVATE = "10.1.2.3"
METADATA = ["169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"]


def rules(spec: dict[str, Any], role: str = "generator", **egress: Any) -> list[dict[str, Any]]:
    """Return the rules for the pods of a role, without DNS."""
    known = facts(policy=Policy(egress=Egress(**egress)), api_versions=EVERYTHING_SERVED)
    policy = made(tracker(spec), known)["NetworkPolicy", f"sky-{role}"]
    assert policy["spec"]["policyTypes"] == ["Egress"]
    assert policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == role
    allowed: list[dict[str, Any]] = policy["spec"]["egress"]
    dns, *others = allowed
    assert {(port["port"], port["protocol"]) for port in dns["ports"]} >= {(53, "UDP"), (53, "TCP")}
    return others


def ports_to(address: str, found: list[dict[str, Any]]) -> set[int | None]:
    """Return the ports on which an address outside of the cluster is reached; None is every port."""
    one = ip_address(address)
    ports: set[int | None] = set()
    for rule in found:
        for peer in rule["to"]:
            block = peer.get("ipBlock")
            denied = any(one in ip_network(network) for network in (block or {}).get("except", ()))
            if block and one in ip_network(block["cidr"]) and not denied:
                ports |= {port.get("port") for port in rule["ports"]}
    return ports


def test_a_simulated_source_reaches_nothing_outside_of_the_tracker() -> None:
    found = rules({})
    components = [rule["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for rule in found]
    assert components == ["kafka", "schema-registry", "redis"]
    assert [rule["ports"] for rule in found] == [
        [{"port": 9092, "protocol": "TCP"}],
        [{"port": 8080, "protocol": "TCP"}],
        [{"port": 6379, "protocol": "TCP"}],
    ]


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ({"source": READSB}, {8080}),
        ({"source": {"readsb": {"url": "http://receiver/aircraft.json"}}}, {80}),
        ({"source": {"opensky": {}}}, {443}),
        ({"source": {"virtualRadar": {"url": "http://pc:8088/VirtualRadar/AircraftList.json"}}}, {8088}),
        ({"source": {"vatsim": {}}}, {443}),
        ({"source": {"beast": {"connect": "pi:30005"}}}, {30005}),
        ({"source": {"sbs": {"connect": "[fd00::1]:30003"}}}, {30003}),
        ({"sources": [{"name": "a", "beast": {"connect": "pi:30005"}}, {"name": "b", "vatsim": {}}]}, {443, 30005}),
        ({"source": {"opensky": {"url": "http://proxy.example.org:3128/states"}}}, {443, 3128}),
        ({"aircraftTable": {"url": "https://tables.example.org:8444/aircraft.csv.gz"}}, {8444}),
        ({"source": READSB, "aircraftTable": {"url": "http://tables.example.org/aircraft.csv"}}, {80, 8080}),
        ({"aircraftTable": {"file": "aircraft.csv", "volumeClaim": "tables"}}, set()),
        (
            {
                "sources": [
                    {"name": "roof", "readsb": {"url": "http://receiver.example.org:8081/a"}},
                    {"name": "attic", "readsb": {"url": "https://attic.example.org:8443/a"}},
                    {"name": "sky", "opensky": {}},
                ]
            },
            {8081, 8443, 443},
        ),
        ({"schemaRegistry": EXTERNAL_REGISTRY}, {8443}),
        ({"monitoring": {"otlpEndpoint": "http://collector.example.org:4318"}}, {4318}),
        ({"kafka": EXTERNAL_KAFKA}, {None}),
    ],
)
def test_addresses_of_the_resource_are_reached_on_their_port_and_never_where_clouds_keep_credentials(
    spec: dict[str, Any], ports: set[int | None]
) -> None:
    found = rules(spec)
    assert ports_to("203.0.113.7", found) == ports_to("2001:db8::7", found) == ports_to(PRIVATE, found) == ports
    for address in METADATA:
        assert ports_to(address, found) == set()


def test_gateways_reach_redis_and_the_keys_of_tokens_and_not_the_source() -> None:
    keys = {"jwksUrl": "https://login.example.org:8443/keys", "audience": "flights"}
    spec = {"source": READSB, "gateway": {"auth": {"mode": "token", "token": keys}}}
    found = rules(spec, "gateway")
    components = [rule["to"][0].get("podSelector", {}).get("matchLabels", {}) for rule in found]
    assert [labels.get("app.kubernetes.io/component") for labels in components] == [
        "kafka",
        "schema-registry",
        "redis",
        None,
    ]
    assert ports_to("203.0.113.7", found) == {8443}
    assert ports_to("203.0.113.7", rules(spec)) == {8080}
    for address in METADATA:
        assert ports_to(address, found) == set()
    external = {"redis": {"provider": "external", "external": {"urlSecret": "redis"}}}
    assert ports_to("203.0.113.7", rules(external, "gateway")) == {None}
    assert ports_to("203.0.113.7", rules(external)) == {None}


def test_the_policy_may_deny_more_networks_and_pods_of_the_cluster() -> None:
    found = rules({"source": READSB}, denied_networks=("10.0.0.0/8",), cluster_pods=False)
    assert ports_to(PRIVATE, found) == set()
    assert ports_to("203.0.113.7", found) == {8080}
    assert not [peer for rule in found for peer in rule["to"] if "namespaceSelector" in peer]
    assert [peer for rule in rules({"source": READSB}) for peer in rule["to"] if "namespaceSelector" in peer]


def test_proxies_are_reached_by_real_sources() -> None:
    outgoing = Outgoing(http_proxy="http://proxy.example.org:3128", https_proxy="http://proxy.example.org:3129")
    known = facts(policy=Policy(outgoing=outgoing))
    reached = [
        ports_to("203.0.113.7", made(tracker(spec), known)["NetworkPolicy", "sky-generator"]["spec"]["egress"][1:])
        for spec in ({"source": READSB}, {})
    ]
    assert reached == [{8080, 3128, 3129}, set()]


def test_kafka_of_strimzi_is_reached_as_pods_unless_its_listener_is_outside() -> None:
    spec = {"kafka": {"provider": "strimzi"}}
    assert rules(spec)[0]["to"] == [{"podSelector": {"matchLabels": {"strimzi.io/cluster": "sky-kafka"}}}]
    listener = {"name": "out", "type": "loadbalancer", "tls": True, "authentication": {"type": "scram-sha-512"}}
    kafka = {
        "spec": {"kafka": {"listeners": [listener]}},
        "status": {"listeners": [{"name": "out", "bootstrapServers": "kafka.example.org:9094"}]},
    }
    outside = made(tracker(spec), facts(strimzi_kafka=kafka, api_versions=EVERYTHING_SERVED))
    assert ports_to("203.0.113.7", outside["NetworkPolicy", "sky-generator"]["spec"]["egress"][1:]) == {None}


def test_a_url_that_nobody_could_reach_opens_nothing() -> None:
    assert ports_to("203.0.113.7", rules({"source": {"readsb": {"url": "http://a:99999/"}}})) == set()


def test_rules_can_be_added_and_the_policy_turned_off() -> None:
    mesh = {"ports": [{"port": 15012, "protocol": "TCP"}]}
    assert rules({}, extra_rules=(mesh,))[-1] == mesh
    off = facts(policy=Policy(egress=Egress(enabled=False)))
    names = {name for kind, name in made(tracker({}), off) if kind == "NetworkPolicy"}
    assert not names & {"sky-generator", "sky-gateway"}


def test_a_historian_reaches_kafka_the_registry_and_its_bucket() -> None:
    volume: dict[str, Any] = {"history": {"enabled": True}}
    found = rules(volume, "historian")
    components = [rule["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for rule in found]
    assert components == ["kafka", "schema-registry"]
    store = {"endpoint": "https://minio.example.org:9000", "bucket": "flights"}
    in_store: dict[str, Any] = {"history": {"enabled": True, "storage": {"s3": store}}}
    assert ports_to(PRIVATE, rules(in_store, "historian")) == {9000, 443}, "443 gives the pods their identity"
    store["credentialsSecret"] = "keys"
    assert ports_to(PRIVATE, rules(in_store, "historian")) == {9000}
    amazon: dict[str, Any] = {"history": {"enabled": True, "storage": {"s3": {"bucket": "flights"}}}}
    assert ports_to(PRIVATE, rules(amazon, "historian")) == {443}


def test_gateways_reach_the_historians() -> None:
    def peers(spec: dict[str, Any]) -> list[Any]:
        return [rule["to"][0]["podSelector"]["matchLabels"] for rule in rules(spec, "gateway")]

    labels = {"flighttracker.io/tracker": "sky", "app.kubernetes.io/component": "historian"}
    assert labels in peers({"history": {"enabled": True}})
    assert labels not in peers({})
