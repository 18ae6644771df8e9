"""Code of authors, where the policy allows it: no port, no connection and no certificate of others."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from flighttracker_operator.model.policy import Policy
from tests.unit.operator.policy.policy_cases import judged, messages

OWN_CODE = Policy(custom_pods=True, images=("example.org/*",))
HOST_PROBE = {"httpGet": {"host": "192.0.2.1", "port": 80}}


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"ports": [{"containerPort": 8443, "hostPort": 443}]}, "container own has a hostPort"),
        ({"livenessProbe": HOST_PROBE}, "container own has a livenessProbe with a host"),
        ({"readinessProbe": {"tcpSocket": {"host": "192.0.2.1", "port": 80}}}, "readinessProbe with a host"),
        ({"lifecycle": {"postStart": HOST_PROBE}}, "container own has a postStart with a host"),
        ({"lifecycle": {"preStop": HOST_PROBE}}, "container own has a preStop with a host"),
    ],
)
@pytest.mark.parametrize("kind", ["containers", "initContainers"])
def test_code_of_authors_uses_no_port_and_no_connection_of_the_node(
    container: dict[str, Any], words: str, kind: str
) -> None:
    spec = {"web": {"podTemplate": {kind: [{"name": "own", "image": "example.org/own", **container}]}}}
    found = judged(spec, OWN_CODE)
    assert found.held == {"web"}
    assert words in messages(found)
    assert judged(spec, msgspec.structs.replace(OWN_CODE, pod_security="privileged")).violations == []


def test_code_of_authors_may_have_ports_and_probes_of_its_own_pod() -> None:
    probe = {"httpGet": {"port": 8443, "path": "/"}}
    own = {"name": "own", "image": "example.org/own", "ports": [{"containerPort": 8443}], "livenessProbe": probe}
    assert judged({"web": {"podTemplate": {"containers": [own]}}}, OWN_CODE).violations == []


def test_a_certificate_for_the_account_of_a_pod_is_like_its_token() -> None:
    source = {"podCertificate": {"signerName": "example.org/signer", "keyType": "ED25519"}}
    spec = {"web": {"podTemplate": {"volumes": [{"name": "identity", "projected": {"sources": [source]}}]}}}
    assert "policy.serviceAccounts" in messages(judged(spec, OWN_CODE))
