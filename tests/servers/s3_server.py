"""A real S3-compatible server: S3Proxy, which stores objects as files of a folder."""

from __future__ import annotations

import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from flighttracker.settings import S3Settings
from tests.servers.certificates import Certificates
from tests.servers.java import installed_or_skip, java
from tests.servers.process import LOOPBACK, ServerProcess, free_port

ANSWER_S: Final = 5.0
BUCKET: Final = "flights"
ACCESS_KEY: Final = "history"
SECRET_KEY: Final = "a secret of the tests"
_HEAP: Final = "-Xmx256m"


class S3Server(ServerProcess):
    """S3Proxy with one bucket, ready for `settings`.

    Args:
        folder: where it writes its configuration, its objects and its log.
        certificates: serves https:// with them; None serves http://.

    Attributes:
        objects: folder of the buckets.
        url: its address.
    """

    def __init__(self, folder: Path, certificates: Certificates | None = None) -> None:
        port = free_port()
        scheme = "http" if certificates is None else "https"
        self.url = f"{scheme}://{LOOPBACK}:{port}"
        self._folder_of_keys = folder
        self._ca_file = "" if certificates is None else str(certificates.ca_file)
        self.objects = folder / "objects"
        (self.objects / BUCKET).mkdir(parents=True)
        (folder / "access-key").write_text(ACCESS_KEY)
        (folder / "secret-key").write_text(SECRET_KEY)
        lines = [
            f"s3proxy.{'endpoint' if certificates is None else 'secure-endpoint'}={self.url}",
            "s3proxy.authorization=aws-v2-or-v4",
            f"s3proxy.identity={ACCESS_KEY}",
            f"s3proxy.credential={SECRET_KEY}",
            "jclouds.provider=filesystem-nio2",
            f"jclouds.filesystem.basedir={self.objects}",
            "jclouds.identity=local",
            "jclouds.credential=local",
        ]
        if certificates is not None:
            store, password = folder / "server.p12", "changeit"
            command = ["openssl", "pkcs12", "-export", "-in", str(certificates.certificate_file)]
            command += ["-inkey", str(certificates.key_file), "-out", str(store), "-passout", f"pass:{password}"]
            subprocess.run(command, check=True)
            lines += [f"s3proxy.keystore-path={store}", f"s3proxy.keystore-password={password}"]
        configuration = folder / "s3proxy.conf"
        configuration.write_text("\n".join(lines) + "\n")
        program = installed_or_skip("s3") / "s3proxy.jar"
        command = [java(), _HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-jar", str(program), "--properties", str(configuration)]
        super().__init__("s3proxy", command, folder, self._answers_http)

    def settings(self, **changes: object) -> S3Settings:
        """Return settings for a historian that uses this server."""
        fields: dict[str, object] = {
            "endpoint": self.url,
            "bucket": BUCKET,
            "access_key_file": str(self._folder_of_keys / "access-key"),
            "secret_key_file": str(self._folder_of_keys / "secret-key"),
            "ca_file": self._ca_file,
            "timeout_s": 5.0,
        }
        return S3Settings(**{**fields, **changes})  # type: ignore[arg-type]

    def _answers_http(self) -> bool:
        context = ssl.create_default_context(cafile=self._ca_file) if self._ca_file else None
        try:
            urllib.request.urlopen(f"{self.url}/{BUCKET}", timeout=ANSWER_S, context=context).close()
        except urllib.error.HTTPError:
            # It rejects requests that are not signed, but it answers.
            return True
        return True
