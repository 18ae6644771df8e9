"""A real etcd and a real kube-apiserver for one test session, with RBAC, TLS and an audit log.

There is no kubelet and no controller, so a test writes the status of a pod itself. Each user has a token and a
kubeconfig, and a test can grant and revoke its permissions; `admin` has all permissions. The audit log has all writes,
and all requests of ServiceAccounts.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.apiserver.binaries import assets_or_skip
from tests.servers.certificates import Certificates
from tests.servers.process import LOOPBACK, ServerProcess, free_port

ADMIN: Final = "admin"
USERS: Final = (ADMIN, "flight-operator", "second-operator", "powerless")
"""Names of the users; the token of each is `token-of-NAME`. At the start, only `admin` has permissions."""
ANSWER_S: Final = 30.0

AUDIT_POLICY: Final = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
  - level: Metadata
    verbs: [create, update, patch, delete, deletecollection]
  - level: None
"""

Json = dict[str, Any]


class ApiError(Exception):
    """An error response of the API server; `body` is its Status."""

    def __init__(self, code: int, body: Json) -> None:
        super().__init__(f"{code}: {body.get('message', body)}")
        self.code = code
        self.body = body
        self.message = str(body.get("message", ""))


class Etcd(ServerProcess):
    """etcd on loopback, without fsync, because no data outlives the tests."""

    def __init__(self, folder: Path) -> None:
        port, peer_port = free_port(), free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        command = [str(assets_or_skip() / "etcd"), "--data-dir", str(folder / "data"), "--unsafe-no-fsync"]
        command += ["--listen-client-urls", self.url, "--advertise-client-urls", self.url]
        command += ["--listen-peer-urls", f"http://{LOOPBACK}:{peer_port}", "--log-level", "warn"]
        super().__init__("etcd", command, folder, self._healthy)

    def _healthy(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/health", timeout=ANSWER_S) as answer:
            return bool(json.load(answer)["health"] == "true")


class ApiServer(ServerProcess):
    """kube-apiserver, with a client for tests that is independent of the operator's.

    Attributes:
        url: its https address.
        ca_file: CA of its certificate.
        audit_log: file with one JSON object a line for each write, and for each request of a ServiceAccount.
    """

    def __init__(self, folder: Path, certificates: Certificates, etcd_url: str, *, port: int | None = None) -> None:
        port = port or free_port()
        self.url = f"https://{LOOPBACK}:{port}"
        self.ca_file = certificates.ca_file
        self.audit_log = folder / "audit.log"
        self._folder = folder
        self._context = ssl.create_default_context(cafile=str(certificates.ca_file))
        (folder / "audit-policy.yaml").write_text(AUDIT_POLICY)
        groups = {ADMIN: ',"system:masters"'}
        (folder / "tokens.csv").write_text(
            "".join(f"token-of-{name},{name},{name}{groups.get(name, '')}\n" for name in USERS)
        )
        command = [str(assets_or_skip() / "kube-apiserver"), "--etcd-servers", etcd_url]
        command += ["--bind-address", LOOPBACK, "--secure-port", str(port), "--cert-dir", str(folder)]
        command += ["--tls-cert-file", str(certificates.certificate_file)]
        command += ["--tls-private-key-file", str(certificates.key_file)]
        command += ["--token-auth-file", str(folder / "tokens.csv"), "--authorization-mode", "RBAC"]
        command += ["--service-account-issuer", "https://kubernetes.default.svc"]
        command += ["--service-account-key-file", str(_token_key(folder))]
        command += ["--service-account-signing-key-file", str(_token_key(folder))]
        command += ["--service-cluster-ip-range", "10.0.0.0/16", "--disable-admission-plugins", "ServiceAccount"]
        # As on OpenShift: only who may delete an object may change its owners.
        command += ["--enable-admission-plugins", "OwnerReferencesPermissionEnforcement"]
        command += ["--audit-policy-file", str(folder / "audit-policy.yaml")]
        command += ["--audit-log-path", str(self.audit_log), "--audit-log-mode", "blocking"]
        super().__init__("kube-apiserver", command, folder, self._ready, start_s=120.0)

    def kubeconfig(
        self, user: str = ADMIN, *, url: str | None = None, namespace: str = "default", token: str = ""
    ) -> Path:
        """Write a kubeconfig for a user and return its path.

        Args:
            user: one of `USERS`, or any name with a `token`.
            url: address of a proxy, if there is one.
            namespace: namespace of requests that name none.
            token: token of a ServiceAccount.
        """
        path = self._folder / f"{user}-{abs(hash((url, namespace)))}.kubeconfig"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [
                {"name": "test", "cluster": {"server": url or self.url, "certificate-authority": str(self.ca_file)}}
            ],
            "users": [{"name": user, "user": {"token": token or f"token-of-{user}"}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": user, "namespace": namespace}}],
        }
        path.write_text(json.dumps(config))
        return path

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str = ADMIN,
        content_type: str = "application/json",
        timeout_s: float = ANSWER_S,
    ) -> Json:
        """Send one request and return the response.

        Raises:
            ApiError: the response is an error.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer token-of-{user}", "Content-Type": content_type}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s, context=self._context) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                refused = json.loads(text)
            except ValueError:
                refused = {"message": text.decode(errors="replace")}
            raise ApiError(error.code, refused) from None
        found = json.loads(text) if text.startswith(b"{") else {"text": text.decode()}
        return dict(found)

    def watch(self, path: str) -> Iterator[Json]:
        """Yield each object of a list, and again after each change, until the server ends the watch."""
        url = f"{self.url}{path}?watch=1"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer token-of-{ADMIN}"})
        with urllib.request.urlopen(request, context=self._context) as stream:
            for line in stream:
                event = json.loads(line)
                if event["type"] in ("ADDED", "MODIFIED"):
                    yield event["object"]

    def writes(self, *, user: str, since: int = 0) -> Sequence[Json]:
        """Return the audit log's entries of a user, without the first `since` lines of the log.

        They are writes, except those of a ServiceAccount, which are all its requests.
        """
        lines = self.audit_log.read_text(encoding="utf-8").splitlines()[since:] if self.audit_log.exists() else []
        entries: Iterator[Json] = (json.loads(line) for line in lines)
        return [entry for entry in entries if entry["user"]["username"] == user]

    def audit_lines(self) -> int:
        """Return the number of lines of the audit log."""
        return len(self.audit_log.read_text(encoding="utf-8").splitlines()) if self.audit_log.exists() else 0

    def grant(self, user: str, rules: Sequence[Mapping[str, Any]], *, namespace: str | None = None) -> None:
        """Replace a user's permissions in one namespace or in the whole cluster."""
        base = "/apis/rbac.authorization.k8s.io/v1" + (f"/namespaces/{namespace}" if namespace else "")
        kind = "Role" if namespace else "ClusterRole"
        role = {"kind": kind, "metadata": {"name": user}, "rules": list(rules)}
        binding = {
            "kind": f"{kind}Binding",
            "metadata": {"name": user},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": user},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        }
        for manifest in (role, binding):
            manifest["apiVersion"] = "rbac.authorization.k8s.io/v1"
            path = f"{base}/{str(manifest['kind']).lower()}s/{user}?fieldManager=test&force=true"
            self.request("PATCH", path, manifest, content_type="application/apply-patch+yaml")

    def revoke(self, user: str) -> None:
        """Revoke a user's permissions in the whole cluster."""
        for kind in ("clusterrolebindings", "clusterroles"):
            try:
                self.request("DELETE", f"/apis/rbac.authorization.k8s.io/v1/{kind}/{user}")
            except ApiError as error:
                if error.code != 404:
                    raise

    def _ready(self) -> bool:
        try:
            return self.request("GET", "/readyz", timeout_s=2.0).get("text") == "ok"
        except ApiError:
            return False


def _token_key(folder: Path) -> Path:
    """Return the file with the key that signs service account tokens; the server does not read PKCS #8 keys here."""
    path = folder / "service-accounts.key"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return path
