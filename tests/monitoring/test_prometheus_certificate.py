"""A real Prometheus sees the certificate of a gateway near its end: the alert about it fires until it is renewed."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme
import yaml

from flighttracker.settings import GatewaySettings, TlsSettings
from tests.gateway_server import running_gateway
from tests.servers.prometheus_server import PrometheusServer

ALERT: Final = "FlightTrackerCertificateEnds"
OTHERS: Final = frozenset(
    {
        "FlightTrackerGeneratorsGone",
        "FlightTrackerGatewaysGone",
        "FlightTrackerNotSharing",
        "FlightTrackerOperatorGone",
        "FlightTrackerStaleShards",
    }
)
"""A gateway in the process of a test has no role, no Redis, and no positions."""
FIRES_S: Final = 90.0


async def test_the_alert_about_a_certificate_fires_until_it_is_renewed(tmp_path: Path) -> None:
    authority, trust = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trust)
    settings = GatewaySettings(
        tls=TlsSettings(certificate_file=str(tmp_path / "tls.crt"), key_file=str(tmp_path / "tls.key"))
    )
    _issue(authority, tmp_path, days=5)
    async with running_gateway(settings, trust=trust) as running:
        prometheus = PrometheusServer(tmp_path, [running.url.removeprefix("https://")])
        file = tmp_path / "prometheus.yaml"
        configuration = yaml.safe_load(file.read_text(encoding="utf-8"))
        authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
        configuration["scrape_configs"][0] |= {"scheme": "https", "tls_config": {"ca_file": str(tmp_path / "ca.crt")}}
        file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
        try:
            await asyncio.to_thread(prometheus.start)
            await prometheus.until(firing={ALERT}, within_s=FIRES_S)
            _issue(authority, tmp_path, days=90)
            assert running.certificate is not None
            await running.certificate.look()
            await prometheus.until_quiet(FIRES_S, OTHERS)
        finally:
            prometheus.stop()


def _issue(authority: trustme.CA, folder: Path, *, days: int) -> None:
    made = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=days))
    (folder / "tls.crt").write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
    (folder / "tls.key").write_bytes(made.private_key_pem.bytes())
