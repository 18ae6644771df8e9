"""From `kubectl apply` to a live map, which stays live while gateways are scaled and pods die."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import trustme

from tests.cluster.cluster import HOST, OFFERED, Namespace, Tracker, until
from tests.cluster.option_uid import is_option
from tests.cluster.viewers import Viewers

pytest_plugins = ["tests.cluster.cluster_fixtures"]

ROOT = Path(__file__).parents[2]
VIEWERS = 5
AGAIN_S = 240.0
"""How long recovery from a dead pod may take: the schema registry starts slowly on two cores."""
COMPONENTS = ("web", "generator", "gateway", "redis", "schema-registry", "kafka")


async def get(ingress: str, path: str) -> tuple[int, dict[str, str], str]:
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
        session.get(ingress + path, headers={"Host": HOST}) as answer,
    ):
        return answer.status, dict(answer.headers), await answer.text()


def test_a_tracker_without_a_spec_is_ready_and_shows_its_address(tracker: Tracker) -> None:
    assert is_option(tracker.object()["metadata"]["uid"])
    status = tracker.object()["status"]
    assert {condition["type"]: condition["status"] for condition in status["conditions"]} == {
        condition["type"]: "True" for condition in status["conditions"]
    }
    assert status["url"] == f"http://{HOST}"
    shown = tracker.namespace.kubectl("get", "ft", tracker.name)
    assert "True" in shown
    assert "2/2" in shown


async def test_the_ingress_serves_the_page(tracker: Tracker, ingress: str) -> None:
    status, headers, text = await get(ingress, "/")
    assert status == 200
    assert "<title>Flight tracker</title>" in text
    assert "script-src 'self' 'sha256-" in headers["Content-Security-Policy"]


async def test_a_ready_tracker_shows_flights_through_the_ingress(tracker: Tracker, ingress: str) -> None:
    status, _, text = await get(ingress, "/api/v1/stats")
    assert status == 200
    assert json.loads(text)["aircraft"] > 0
    assert tracker.object()["status"]["aircraft"] > 0


def test_the_map_moves_through_the_ingress(tracker: Tracker, ingress: str) -> None:
    with Viewers(ingress, HOST, 1) as viewers:
        viewers.wait_until_moving(within_s=30)
        assert viewers.seen[0].losses == []


def test_the_map_moves_behind_tls_at_the_ingress(tracker: Tracker, ingress: str, tmp_path: Path) -> None:
    authority, certificate, key = trustme.CA(), tmp_path / "tls.crt", tmp_path / "tls.key"
    issued = authority.issue_cert(HOST)
    certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    tracker.namespace.kubectl("create", "secret", "tls", "own", f"--cert={certificate}", f"--key={key}")
    tracker.namespace.kubectl("label", "secret", "own", OFFERED)
    tracker.patch({"ingress": {"tls": {"secretName": "own"}}})
    try:
        until(lambda: tracker.object()["status"]["url"] == f"https://{HOST}", within_s=30, what="the URL is HTTPS")
        with Viewers(ingress.replace("http:", "https:"), HOST, 1, trusted) as viewers:
            viewers.wait_until_moving(within_s=30)
            assert viewers.seen[0].losses == []
    finally:
        tracker.patch({"ingress": {"tls": None}})
        until(lambda: tracker.object()["status"]["url"] == f"http://{HOST}", within_s=30, what="the URL is HTTP again")
        tracker.namespace.kubectl("delete", "secret", "own")


def test_the_page_shows_the_map_without_an_ingress(tracker: Tracker, tmp_path: Path) -> None:
    """`kubectl port-forward` to the page only: its server forwards /ws to the gateways."""
    forward = ["kubectl", "--namespace", tracker.namespace.name, "port-forward", "service/minimal-web", ":8080"]
    log = tmp_path / "forward.log"
    with log.open("w") as output:
        process = subprocess.Popen(forward, stdout=output, stderr=subprocess.STDOUT)
    try:
        until(lambda: "Forwarding from" in log.read_text(), within_s=20, what="kubectl forwards a port")
        port = log.read_text().partition("127.0.0.1:")[2].split()[0]
        with Viewers(f"http://127.0.0.1:{port}", f"localhost:{port}", 1) as viewers:
            viewers.wait_until_moving(within_s=30)
    finally:
        process.terminate()
        process.wait(10)


def test_chromium_shows_aircraft_without_errors(tracker: Tracker, ingress: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    if not (ROOT / "web/node_modules/playwright-core").exists():
        pytest.skip("the page's packages are not installed: run `make web`")
    pictures = Path(os.environ.get("PICTURES_DIRECTORY") or tmp_path)
    environment = {
        **os.environ,
        "CHROMIUM": chromium,
        "PAGE_ADDRESS": str(urlsplit(ingress).hostname),
        "PAGE_URL": ingress.replace(str(urlsplit(ingress).hostname), HOST),
        "PICTURES_DIRECTORY": str(pictures),
    }
    command = ["node", str(Path(__file__).with_name("live_map.mjs"))]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env=environment)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (pictures / "live_map.png").stat().st_size > 50_000


def test_scaling_up_does_not_disturb_connected_viewers(tracker: Tracker, ingress: str) -> None:
    with Viewers(ingress, HOST, VIEWERS) as viewers:
        tracker.namespace.kubectl("scale", f"flighttracker/{tracker.name}", "--replicas=3")
        tracker.wait_ready(AGAIN_S)
        assert tracker.object()["status"]["gateways"]["summary"] == "3/3", "Ready waits for what was asked for"
        assert len(tracker.pods("gateway")) == 3
        viewers.wait_until_moving(within_s=30)
        assert [seen.closes for seen in viewers.seen] == [[]] * VIEWERS, viewers.told()
        assert [seen.losses for seen in viewers.seen] == [[]] * VIEWERS, viewers.told()


def test_in_a_rolling_update_no_viewer_misses_a_tick(tracker: Tracker, ingress: str) -> None:
    """Gateways tell their viewers to reconnect, and another gateway sends what they missed."""
    before = {pod["metadata"]["uid"] for pod in tracker.pods("gateway")}
    with Viewers(ingress, HOST, VIEWERS) as viewers:
        tracker.namespace.kubectl("rollout", "restart", f"deployment/{tracker.name}-gateway")
        until(
            lambda: not before & {pod["metadata"]["uid"] for pod in tracker.pods("gateway")},
            within_s=AGAIN_S,
            what="every gateway is another one",
        )
        tracker.wait_settled(AGAIN_S)
        viewers.wait_until_moving(within_s=30)
        assert [seen.losses for seen in viewers.seen] == [[]] * VIEWERS, viewers.told()
        assert {close for seen in viewers.seen for close in seen.closes} <= {"1012"}, viewers.told()


def test_scaling_down_moves_viewers_to_the_other_gateways(tracker: Tracker, ingress: str) -> None:
    with Viewers(ingress, HOST, VIEWERS) as viewers:
        tracker.namespace.kubectl("scale", f"flighttracker/{tracker.name}", "--replicas=2")
        until(lambda: len(tracker.pods("gateway")) == 2, within_s=AGAIN_S, what="there are two gateways")
        tracker.wait_settled(AGAIN_S)
        viewers.wait_until_moving(within_s=30)
        assert [seen.losses for seen in viewers.seen] == [[]] * VIEWERS, viewers.told()


def is_there(tracker: Tracker, component: str, uid: str) -> bool:
    return uid in {pod["metadata"]["uid"] for pod in tracker.pods(component)}


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_map_stays_live_when_a_pod_dies(tracker: Tracker, ingress: str, component: str) -> None:
    victims = [pod["metadata"]["name"] for pod in tracker.pods(component)]
    assert victims, f"the tracker has no {component}"
    for victim in victims:
        with Viewers(ingress, HOST, 2) as viewers:
            uid = tracker.namespace.get("pod", victim)["metadata"]["uid"]
            # As on a lost node: without a warning and a drain.
            tracker.namespace.kubectl("delete", "pod", victim, "--grace-period=0", "--force")
            until(lambda: not is_there(tracker, component, uid), within_s=60, what=f"{victim} is gone")  # noqa: B023
            tracker.wait_settled(AGAIN_S)
            viewers.wait_until_moving(within_s=90)


def test_the_operator_has_all_permissions_that_it_needs(tracker: Tracker, operator_namespace: Namespace) -> None:
    told = operator_namespace.kubectl("logs", "--selector=app.kubernetes.io/component=operator", "--tail=-1")
    assert told
    assert [line for line in told.splitlines() if "orbidden" in line or "may not" in line] == []
