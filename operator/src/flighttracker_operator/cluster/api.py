"""The way to the API server for everything but the watches: `kubernetes.aio`, with plain JSON instead of its models.

Every request has a time limit. Writes are applies (one field manager, always the whole intent), creations and
deletions; a semaphore bounds how many run at once, so that a thousand trackers do not flood an API server. Nothing is
retried here: the caller knows what a failure means. A token that Kubernetes rotates is read anew every minute.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import msgspec
from kubernetes.aio import client, config

from flighttracker.errors import StartError
from flighttracker_operator.cluster.errors import NO_ANSWER, ApiError, api_error
from flighttracker_operator.metrics import API_ERRORS, WRITES
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import MANAGER
from flighttracker_operator.objects.kinds import Kind

_logger = logging.getLogger(__name__)

REQUEST_S: Final = 30.0
CONNECT_S: Final = 10.0
WRITES_AT_ONCE: Final = 10
CONNECTIONS: Final = 32
PAGE: Final = 250
"""Objects in one page of a list; bounds memory."""
MESSAGE_CHARACTERS: Final = 600

JSON: Final = "application/json"
APPLY: Final = "application/apply-patch+yaml"
JSON_PATCH: Final = "application/json-patch+json"
METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
USER_AGENT: Final = MANAGER
DEFAULT_KUBECONFIG: Final = Path("~/.kube/config").expanduser()


class Api:
    """One API server, as one identity.

    Attributes:
        configuration: address and credentials, for the watches, too.
    """

    def __init__(self, configuration: client.Configuration) -> None:
        self.configuration = configuration
        configuration.connection_pool_maxsize = CONNECTIONS
        # Else aiohttp reads netrc and the proxies of the environment anew for each request, in a thread.
        configuration.client_session_kwargs = {"trust_env": False}
        self._rest = client.rest.RESTClientObject(configuration)
        self._writes = asyncio.Semaphore(WRITES_AT_ONCE)
        self._timeout = aiohttp.ClientTimeout(total=REQUEST_S, sock_connect=CONNECT_S)

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()

    async def get(self, kind: Kind, namespace: str | None, name: str) -> Manifest | None:
        """Return an object, None when it does not exist."""
        return await self._get(kind.path(namespace, name))

    async def get_metadata(self, kind: Kind, namespace: str, name: str, *, stale: bool = True) -> Manifest | None:
        """Return the metadata of an object, None when it does not exist.

        Args:
            kind: its kind.
            namespace: where it is.
            name: its name.
            stale: whether what the API server remembers will do, which may be a moment old.
        """
        return await self._get(kind.path(namespace, name), accept=METADATA, resourceVersion="0" if stale else "")

    async def pages(
        self, kind: Kind, namespace: str | None, *, selector: str = "", fields: str = "", metadata: bool = False
    ) -> AsyncIterator[list[Manifest]]:
        """Yield the objects of a kind by pages, in a namespace or (None) everywhere.

        Args:
            kind: of what.
            namespace: where.
            selector: label selector.
            fields: field selector.
            metadata: without spec and status.
        """
        token = ""
        while True:
            query = {"limit": str(PAGE), "labelSelector": selector, "fieldSelector": fields, "continue": token}
            page = await self.request(
                "GET", kind.path(namespace), query=query, accept=METADATA_LIST if metadata else JSON
            )
            yield page.get("items") or []
            token = page["metadata"].get("continue", "")
            if not token:
                return

    async def discover(self, group_version: str) -> frozenset[str]:
        """Return the kinds of an API version, none when it is not served."""
        found = await self._get(f"/apis/{group_version}")
        return frozenset(resource["kind"] for resource in found["resources"]) if found else frozenset()

    async def apply(self, kind: Kind, manifest: Manifest, *, subresource: str = "") -> Manifest:
        """Apply the whole intent for an object and return it as it is then; fields that others set are taken over.

        Args:
            kind: its kind.
            manifest: every field that this operator wants, and no other.
            subresource: `status`.
        """
        metadata = manifest["metadata"]
        path = kind.path(metadata["namespace"], metadata["name"]) + (f"/{subresource}" if subresource else "")
        query = {"fieldManager": MANAGER, "force": "true"}
        return await self._write("PATCH", path, kind, query=query, body=manifest, content_type=APPLY)

    async def own_by_apply(self, kind: Kind, namespace: str, name: str) -> None:
        """Let what this operator created belong to its applies, so that a field which they leave out goes away.

        The API server keeps creations and applies of one manager apart; client-go's `csaupgrade` does the same as this.
        """
        found = await self.get_metadata(kind, namespace, name, stale=False)
        fields = (found or {"metadata": {}})["metadata"].get("managedFields") or []
        if found is None or not any(_is_creation(field) for field in fields):
            return
        applied = [{**field, "operation": "Apply"} if _is_creation(field) else field for field in fields]
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": applied},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": found["metadata"]["resourceVersion"]},
        ]
        await self._write("PATCH", kind.path(namespace, name), kind, body=patch, content_type=JSON_PATCH)

    async def create(self, kind: Kind, manifest: Manifest) -> Manifest:
        """Create an object, and fail when it exists."""
        path = kind.path(manifest["metadata"]["namespace"])
        return await self._write("POST", path, kind, query={"fieldManager": MANAGER}, body=manifest)

    async def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> None:
        """Delete this incarnation of an object; nothing happens when it is gone or another one."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        body["propagationPolicy"] = "Background"
        try:
            await self._write("DELETE", kind.path(namespace, name), kind, body=body)
        except ApiError as error:
            if not (error.is_missing or error.is_conflict):
                raise

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content_type: str = JSON,
        accept: str = JSON,
    ) -> Manifest:
        """Send one request and return the JSON that came.

        Raises:
            ApiError: there was no answer in time, or another than success.
        """
        answered = {name: value for name, value in (query or {}).items() if value}
        url = f"{self.configuration.host}{path}" + (f"?{urlencode(answered)}" if answered else "")
        headers = {"Accept": accept, "Content-Type": content_type, "User-Agent": USER_AGENT}
        header = await self.configuration.get_api_key_with_prefix("BearerToken", alias="authorization")
        if header:
            headers["Authorization"] = header
        try:
            answer = await self._rest.request(  # type: ignore[no-untyped-call]
                method, url, headers=headers, body=body, _request_timeout=self._timeout
            )
            data: bytes = await answer.read()
        except TimeoutError as error:
            API_ERRORS.labels("timeout").inc()
            raise ApiError(
                NO_ANSWER, "Timeout", f"the API server did not answer {method} {path} in {REQUEST_S:.0f} s"
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            API_ERRORS.labels("connection").inc()
            raise ApiError(NO_ANSWER, "NoConnection", f"the API server cannot be reached: {error}") from error
        if answer.status >= HTTPStatus.BAD_REQUEST:
            API_ERRORS.labels(str(answer.status)).inc()
            raise _refusal(answer.status, answer.headers.get("Retry-After"), data, f"{method} {path}")
        try:
            return msgspec.json.decode(data, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise ApiError(answer.status, "NoJson", f"{method} {path} was answered with something else") from error

    async def _get(self, path: str, *, accept: str = JSON, **query: str) -> Manifest | None:
        try:
            return await self.request("GET", path, query=query, accept=accept)
        except ApiError as error:
            if error.is_missing:
                return None
            raise

    async def _write(
        self,
        method: str,
        path: str,
        kind: Kind,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content_type: str = JSON,
    ) -> Manifest:
        async with self._writes:
            WRITES.labels(method, kind.name).inc()
            return await self.request(method, path, query=query, body=body, content_type=content_type)


@asynccontextmanager
async def connect() -> AsyncIterator[Api]:
    """Yield the API server that KUBECONFIG names, else that of the cluster in which this runs.

    Raises:
        StartError: there is neither, or it cannot be read.
    """
    configuration = client.Configuration()
    named = os.environ.get("KUBECONFIG") or ""
    try:
        if named or DEFAULT_KUBECONFIG.is_file():
            await config.load_kube_config(  # type: ignore[no-untyped-call]
                client_configuration=configuration, persist_config=False
            )
        else:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    except config.ConfigException as error:
        told = f"no cluster: {error}: set KUBECONFIG to a file that names one, or run the operator inside a cluster"
        raise StartError(told) from error
    api = Api(configuration)
    try:
        yield api
    finally:
        await api.close()


def _is_creation(field: Mapping[str, Any]) -> bool:
    """Return whether an entry of managedFields is what this operator created and has not applied since."""
    return field.get("manager") == MANAGER and field.get("operation") == "Update" and not field.get("subresource")


def _refusal(code: int, retry_after: str | None, data: bytes, request: str) -> ApiError:
    try:
        status = msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.DecodeError:
        status = {"message": data.decode(errors="replace")}
    message = str(status.get("message") or HTTPStatus(code).phrase)[:MESSAGE_CHARACTERS]
    details = status.get("details") or {}
    seconds = retry_after if retry_after and retry_after.isdecimal() else details.get("retryAfterSeconds")
    return api_error(
        code, str(status.get("reason") or code), f"{request}: {message}", float(seconds) if seconds else None
    )
