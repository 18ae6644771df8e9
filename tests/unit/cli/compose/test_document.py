"""The Compose file of a tracker: services, order of the start, networks, secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flighttracker.errors import StartError
from flighttracker.spec import parse_tracker
from flighttracker_cli.compose.document import compose_document
from flighttracker_cli.compose.inputs import Options, placeholder


def document(spec: str = "{}", **options: Any) -> dict[str, Any]:
    text = f"apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {{name: map}}\nspec: {spec}"
    return compose_document(parse_tracker(text, source="test"), Options(**options))


def test_the_minimal_tracker_has_the_services_of_a_cluster() -> None:
    made = document()["services"]
    assert list(made) == [
        *("setup", "kafka", "redis", "registry-topics", "registry", "generator-topics", "generator", "gateway", "web")
    ]
    assert made["gateway"]["scale"] == 2
    assert made["web"]["ports"] == ["${FLIGHTTRACKER_PORT:-8000}:8080"]
    assert [name for name, service in made.items() if "ports" in service] == ["web"]


def test_every_service_is_as_restricted_as_a_pod() -> None:
    for name, service in document()["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert name == "setup" or int(service["user"].split(":")[0]) > 0, name


def test_services_start_after_what_they_need_and_restart() -> None:
    made = document()["services"]
    ended, healthy = {"condition": "service_completed_successfully"}, {"condition": "service_healthy"}
    assert made["kafka"]["depends_on"] == {"setup": ended}
    assert made["registry"]["depends_on"] == {"setup": ended, "kafka": healthy, "registry-topics": ended}
    assert made["generator"]["depends_on"] == {
        **{"setup": ended, "kafka": healthy, "redis": healthy, "registry": healthy, "generator-topics": ended}
    }
    assert made["gateway"]["depends_on"] == made["generator"]["depends_on"]
    assert made["web"]["depends_on"] == {"setup": ended, "gateway": {"condition": "service_started"}}
    restarts = {name: service["restart"] for name, service in made.items()}
    assert {name for name, restart in restarts.items() if restart == "no"} == {
        *("setup", "registry-topics", "generator-topics")
    }


def test_only_the_roles_and_the_page_reach_other_computers() -> None:
    made = document()
    assert made["networks"]["backend"] == {"internal": True}
    outside = {name for name, service in made["services"].items() if "outside" in service.get("networks", ())}
    assert outside == {"generator", "gateway", "web"}
    assert made["services"]["setup"]["network_mode"] == "none"


def test_a_historian_keeps_its_files_in_a_volume_and_gateways_ask_it() -> None:
    made = document("{history: {enabled: true, resources: {limits: {cpu: 500m}}}}")
    historian, files = made["services"]["historian"], made["services"]["setup"]["environment"]
    assert "historian-data:/var/lib/flighttracker/history" in historian["volumes"]
    assert "65532:/data/historian-data" in made["services"]["setup"]["command"]
    assert historian["networks"]["backend"]["aliases"][0] == "map-historian.compose.svc"
    assert "outside" not in historian["networks"]
    assert set(historian["depends_on"]) == {"setup", "kafka", "registry", "generator-topics"}
    assert historian["cpus"] == 0.5
    assert '"history_url": "http://map-historian.compose.svc:8090"' in files["/files/gateway-files/gateway.json"]
    assert '"folder": "/var/lib/flighttracker/history"' in files["/files/historian-files/historian.json"]


def test_several_historians_share_a_bucket_outside() -> None:
    bucket = "{endpoint: 'https://store.example.org', bucket: flights, credentialsSecret: keys, caSecret: ca}"
    made = document(f"{{history: {{enabled: true, replicas: 2, storage: {{s3: {bucket}}}}}}}")
    historian = made["services"]["historian"]
    assert historian["scale"] == 2
    assert set(historian["networks"]) == {"backend", "outside"}
    assert "historian-data" not in made["volumes"]
    assert {secret["source"] for secret in historian["secrets"]} == {
        *("keys.AWS_ACCESS_KEY_ID", "keys.AWS_SECRET_ACCESS_KEY", "ca.ca.crt")
    }


def test_a_registry_reaches_an_external_kafka() -> None:
    made = document("{kafka: {provider: external, external: {bootstrapServers: 'kafka.example.org:9092'}}}")
    assert "kafka" not in made["services"]
    assert set(made["services"]["registry"]["networks"]) == {"backend", "outside"}


def test_names_of_a_cluster_are_aliases() -> None:
    made = document("{kafka: {builtin: {replicas: 3}, replicationFactor: 3}, generator: {replicas: 2}}")["services"]
    assert made["kafka-1"]["hostname"] == "map-kafka-1"
    assert made["kafka-1"]["networks"]["backend"]["aliases"] == [
        *("map-kafka.compose.svc", "map-kafka-nodes.compose.svc", "map-kafka-1.map-kafka-nodes.compose.svc")
    ]
    assert [made[f"generator-{number}"]["environment"]["FLIGHTTRACKER_REPLICA"] for number in (0, 1)] == ["0", "1"]
    assert made["generator-1"]["depends_on"]["kafka-2"] == {"condition": "service_healthy"}
    assert {"kafka-0-data:/var/lib/kafka/data"} <= set(made["kafka-0"]["volumes"])


def test_passwords_are_not_in_the_file() -> None:
    setup = document()["services"]["setup"]
    assert setup["environment"]["/files/redis-secret/password"] == placeholder("redis_password")
    assert placeholder("redis_password") in setup["command"]


def test_every_mounted_volume_is_declared_and_filled_or_kept() -> None:
    made = document()
    mounted = {
        volume.split(":")[0]
        for name, service in made["services"].items()
        if name != "setup"
        for volume in service.get("volumes", ())
    }
    of_setup = {volume.split(":")[0] for volume in made["services"]["setup"]["volumes"]}
    assert mounted | {"passwords"} == set(made["volumes"]) == of_setup
    files = {path.split("/")[2] for path in made["services"]["setup"]["environment"]}
    assert {name for name in mounted if not name.endswith("-data")} == files


def test_secrets_are_files_beside_the_compose_file() -> None:
    made = document("{source: {opensky: {credentialsSecret: sky}}}", secrets="private")
    assert made["secrets"] == {
        "sky.client_id": {"file": "./private/sky/client_id"},
        "sky.client_secret": {"file": "./private/sky/client_secret"},
    }
    assert made["services"]["generator"]["secrets"][0] == {
        "source": "sky.client_id",
        "target": "/etc/flighttracker/secrets/sky/client_id",
    }


@pytest.mark.parametrize("keys", [("ca.crt",), ("ca.crt", "tls.crt", "tls.key")])
def test_optional_keys_are_mounted_if_their_files_exist(keys: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "ca").mkdir()
    for key in keys:
        (tmp_path / "ca" / key).touch()
    kafka = "{provider: external, external: {bootstrapServers: 'kafka.example.org:9092', tlsSecret: ca}}"
    made = document(f"{{kafka: {kafka}}}", secrets=str(tmp_path))
    mounted = {secret["source"] for secret in made["services"]["gateway"]["secrets"]}
    assert mounted == {f"ca.{key}" for key in keys}


@pytest.mark.parametrize(
    "spec",
    [
        "{gateway: {tls: {secretName: cert}}}",
        "{ingress: {enabled: true, host: map.example.org, tls: {secretName: cert}}}",
    ],
)
def test_nginx_ends_tls_with_the_certificate_of_the_resource(spec: str) -> None:
    made = document(spec)
    web = made["services"]["web"]
    assert web["ports"] == ["${FLIGHTTRACKER_PORT:-8000}:8443"]
    assert web["environment"]["FLIGHTTRACKER_TLS"] == "/etc/flighttracker/secrets/cert"
    assert [secret["source"] for secret in web["secrets"]] == ["cert.tls.crt", "cert.tls.key"]
    assert made["secrets"]["cert.tls.key"] == {"file": "./secrets/cert/tls.key"}


def test_nginx_believes_the_proxy_in_front_only_if_the_resource_names_one() -> None:
    alone, behind = document(), document("{gateway: {trustedProxies: [192.0.2.1]}}")
    assert alone["services"]["web"]["environment"]["FLIGHTTRACKER_EDGE"] == "1"
    assert "FLIGHTTRACKER_EDGE" not in behind["services"]["web"]["environment"]
    balanced = document("{gateway: {trustedProxies: [192.0.2.1]}, web: {service: {type: LoadBalancer}}}")
    assert "FLIGHTTRACKER_EDGE" not in balanced["services"]["web"]["environment"]
    assert '"192.0.2.1"' in behind["services"]["setup"]["environment"]["/files/gateway-files/gateway.json"]


def test_without_the_page_one_gateway_is_published() -> None:
    made = document("{web: {enabled: false}}")["services"]
    assert "web" not in made
    assert made["gateway"]["ports"] == ["${FLIGHTTRACKER_PORT:-8000}:8080"]
    assert "scale" not in made["gateway"]
    assert "172.16.0.0/12" not in made["setup"]["environment"]["/files/gateway-files/gateway.json"]


def test_cores_are_limited_only_if_the_resource_says_so() -> None:
    made = document("{gateway: {resources: {limits: {cpu: 1500m, memory: 1Gi}}}}")["services"]
    assert (made["gateway"]["cpus"], made["gateway"]["mem_limit"]) == (1.5, "1024m")
    assert [name for name, service in made.items() if "cpus" in service] == ["gateway"]


def test_options_choose_port_project_and_images() -> None:
    made = document(port=9000, project="flights", images={"services": "mine:1", "schema-registry": "theirs:2"})
    assert made["name"] == "flights"
    assert made["services"]["web"]["ports"] == ["${FLIGHTTRACKER_PORT:-9000}:8080"]
    assert {made["services"][name]["image"] for name in ("setup", "generator", "gateway")} == {"mine:1"}
    assert made["services"]["registry"]["image"] == "theirs:2"
    assert made["services"]["redis"]["networks"]["backend"]["aliases"][0] == "map-redis.flights.svc"


def test_overrides_of_the_resource_are_the_images() -> None:
    made = document("{podTemplate: {imageOverrides: {kafka: 'kafka:own'}}}")["services"]
    assert {made[name]["image"] for name in ("kafka", "registry-topics", "generator-topics")} == {"kafka:own"}


def test_an_unknown_image_is_an_error() -> None:
    with pytest.raises(StartError, match="--image page does not exist: choose one of services, web, kafka"):
        document(images={"page": "x"})


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("{kafka: {provider: strimzi}}", "spec.kafka.provider"),
        ("{aircraftTable: {file: /tables/a.csv, volumeClaim: tables}}", "spec.aircraftTable.file"),
        (
            "{ingress: {enabled: true, host: a.example.org, tls: {clusterIssuer: acme}}}",
            "spec.ingress.tls.clusterIssuer",
        ),
    ],
)
def test_what_needs_kubernetes_is_an_error_with_its_field(spec: str, field: str) -> None:
    with pytest.raises(StartError, match=field):
        document(spec)
