"""Historians of a Compose project share a bucket outside of it: over TLS, with credentials from the user's files."""

from __future__ import annotations

from pathlib import Path

from tests.compose.engine import docker, inspect
from tests.compose.project import Project, kill, until
from tests.compose.test_compose_project import AIRCRAFT, LIVE_S, TRACKER, made
from tests.servers.certificates import make_certificates
from tests.servers.process import free_port
from tests.servers.s3_server import ACCESS_KEY, BUCKET, SECRET_KEY, S3Server

pytest_plugins = ["tests.compose.compose_fixtures"]


def write_secrets(folder: Path, ca_file: Path) -> None:
    """Write the files of the Secrets that the resource names."""
    files = {"keys/AWS_ACCESS_KEY_ID": ACCESS_KEY, "keys/AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    for name, text in {**files, "ca/ca.crt": ca_file.read_text()}.items():
        path = folder / "secrets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)


def test_two_historians_keep_the_past_in_a_bucket_and_one_is_killed(all_images: None, tmp_path: Path) -> None:
    host = docker("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}").stdout.strip()
    certificates = make_certificates(tmp_path, host)
    write_secrets(tmp_path, certificates.ca_file)
    (tmp_path / "s3").mkdir()
    bucket = S3Server(tmp_path / "s3", certificates, host=host)
    store = f"{{endpoint: '{bucket.url}', bucket: {BUCKET}, credentialsSecret: keys, caSecret: ca}}"
    history = f"history: {{enabled: true, replicas: 2, storage: {{s3: {store}}}}}"
    made(tmp_path, tracker=TRACKER.replace("history: {enabled: true}", history))
    project = Project(tmp_path, "flighttracker-bucket", free_port())
    project.compose("down", "--volumes")
    bucket.start()
    try:
        project.compose("up", "--detach")
        until("all aircraft", lambda: project.map.count() == AIRCRAFT, within_s=LIVE_S)
        historians = {name: own for name, own in project.containers().items() if name.startswith("historian")}
        assert len(historians) == 2
        killed = historians["historian-1"]
        kill(killed)
        until("it is back", lambda: inspect(killed)["RestartCount"] == 1, within_s=LIVE_S)
        until("the history reaches the port", lambda: project.map.history() is not None, within_s=2 * LIVE_S)
    finally:
        project.compose("down", "--volumes", "--timeout", "15")
        bucket.stop()
    shards = {path.name[:6] for path in bucket.objects.rglob("*.parquet")}
    assert shards == {"s00000", "s00001"}, "each historian has written its own shard"
