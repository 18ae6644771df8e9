"""The client of the API server for everything except watches: `kubernetes.aio` with plain JSON instead of its models.

Every request has a timeout. Writes are server-side applies (one field manager, always all fields), creations and
deletions; a semaphore bounds concurrent writes, to protect the API server from a thousand trackers. Nothing is retried
here, because only the caller knows what a failure means. A rotated token is read again within a minute.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import msgspec
from kubernetes.aio import client, config

from flighttracker.errors import StartError
from flighttracker.proxies import ProxyError, proxy_for
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
"""Objects in one page of a list, which bounds memory."""
MESSAGE_CHARACTERS: Final = 600

JSON: Final = "application/json"
APPLY: Final = "application/apply-patch+yaml"
JSON_PATCH: Final = "application/json-patch+json"
MERGE: Final = "application/merge-patch+json"
METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
STRICT: Final = {"fieldValidation": "Strict"}
"""Rejects fields that the API server does not know, such as one that is misspelt in a podTemplate, not drops them."""
USER_AGENT: Final = MANAGER
HANDOVER: Final = f"{MANAGER}-handover"
"""Field manager of numbers that the operator gives up, until their next owner changes them."""
DEFAULT_KUBECONFIG: Final = Path("~/.kube/config").expanduser()


class Api:
    """A client of one API server.

    Attributes:
        configuration: address and credentials; the watches use it, too.
    """

    def __init__(self, configuration: client.Configuration) -> None:
        self.configuration = configuration
        configuration.connection_pool_maxsize = CONNECTIONS
        # By default, aiohttp reads netrc and the proxy variables again for each request, in a thread.
        configuration.client_session_kwargs = {"trust_env": False}
        self._rest = client.rest.RESTClientObject(configuration)
        self._writes = asyncio.Semaphore(WRITES_AT_ONCE)
        self._timeout = aiohttp.ClientTimeout(total=REQUEST_S, sock_connect=CONNECT_S)

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()

    async def get(self, kind: Kind, namespace: str | None, name: str) -> Manifest | None:
        """Return an object, or None if it does not exist."""
        return await self._get(kind.path(namespace, name))

    async def get_metadata(self, kind: Kind, namespace: str, name: str, *, stale: bool = True) -> Manifest | None:
        """Return the metadata of an object, or None if it does not exist.

        Args:
            kind: its kind.
            namespace: its namespace.
            name: its name.
            stale: whether a response from the API server's cache is accepted, which may be slightly old.
        """
        return await self._get(kind.path(namespace, name), accept=METADATA, resourceVersion="0" if stale else "")

    async def pages(
        self, kind: Kind, namespace: str | None, *, selector: str = "", fields: str = "", metadata: bool = False
    ) -> AsyncIterator[list[Manifest]]:
        """Yield the objects of a kind in pages.

        Args:
            kind: their kind.
            namespace: their namespace; None for the whole cluster.
            selector: label selector.
            fields: field selector.
            metadata: whether to read metadata only.
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
        """Return the kinds of an API version; empty if it is not served."""
        found = await self._get(f"/apis/{group_version}")
        return frozenset(resource["kind"] for resource in found["resources"]) if found else frozenset()

    async def apply(self, kind: Kind, manifest: Manifest, *, subresource: str = "") -> Manifest:
        """Apply an object (server-side apply) and return the result; conflicts with other field managers are forced.

        Args:
            kind: its kind.
            manifest: every field that this operator sets, and no others.
            subresource: `status`, or empty.
        """
        metadata = manifest["metadata"]
        path = kind.path(metadata["namespace"], metadata["name"]) + (f"/{subresource}" if subresource else "")
        query = {"fieldManager": MANAGER, "force": "true", **STRICT}
        return await self._write("PATCH", path, kind, query=query, body=manifest, content_type=APPLY)

    async def adopt_created_fields(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        """Make fields that this operator created belong to its applies, so that a later apply can remove them.

        The API server tracks creations and applies of one manager separately. client-go's `csaupgrade` does the same.
        Return the object's metadata as it was before, or None if it does not exist.
        """
        found = await self.get_metadata(kind, namespace, name, stale=False)
        fields = (found or {"metadata": {}})["metadata"].get("managedFields") or []
        if found is None or not any(_is_creation(field) for field in fields):
            return found
        applied = [{**field, "operation": "Apply"} if _is_creation(field) else field for field in fields]
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": applied},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": found["metadata"]["resourceVersion"]},
        ]
        await self._write("PATCH", kind.path(namespace, name), kind, body=patch, content_type=JSON_PATCH)
        return found

    async def keep_replicas(self, kind: Kind, namespace: str, name: str) -> None:
        """Let another field manager own the live `spec.replicas`, so that an apply without the field keeps it.

        This is the handover that Kubernetes documents for autoscalers. The apply is not forced: after a conflict, the
        autoscaler already owns another number.
        """
        live = await self.get(kind, namespace, name)
        if live is None:
            return
        metadata = {"name": name, "namespace": namespace, "uid": live["metadata"]["uid"]}
        kept = {"apiVersion": kind.api_version, "kind": kind.name, "metadata": metadata}
        kept["spec"] = {"replicas": live["spec"].get("replicas", 1)}
        try:
            query = {"fieldManager": HANDOVER}
            path = kind.path(namespace, name)
            await self._write("PATCH", path, kind, query=query, body=kept, content_type=APPLY)
        except ApiError as error:
            if not error.is_conflict:
                raise

    async def set_owners(
        self, kind: Kind, metadata: Mapping[str, Any], owners: Sequence[Mapping[str, Any]]
    ) -> Manifest:
        """Replace the owner references of an object, if it is still the given version, and return the result.

        Not an apply: references that someone else wrote, such as a backup, would stay.
        """
        version = {name: metadata[name] for name in ("uid", "resourceVersion")}
        body = {"metadata": {**version, "ownerReferences": list(owners)}}
        return await self.patch(kind, metadata["namespace"], metadata["name"], body)

    async def patch(self, kind: Kind, namespace: str, name: str, change: Mapping[str, Any]) -> Manifest:
        """Merge a change into an object."""
        query = {"fieldManager": MANAGER}
        return await self._write(
            "PATCH", kind.path(namespace, name), kind, query=query, body=change, content_type=MERGE
        )

    async def create(self, kind: Kind, manifest: Manifest) -> Manifest:
        """Create an object; fail if it exists."""
        path = kind.path(manifest["metadata"]["namespace"])
        return await self._write("POST", path, kind, query={"fieldManager": MANAGER, **STRICT}, body=manifest)

    async def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> None:
        """Delete an object if it still has this UID."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        body["propagationPolicy"] = "Background"
        try:
            await self._write("DELETE", kind.path(namespace, name), kind, body=body)
        except ApiError as error:
            if not (error.is_missing or error.is_conflict):
                raise

    async def evict(self, kind: Kind, namespace: str, name: str, uid: str) -> bool:
        """Delete a pod if its disruption budget allows it now; return whether it does.

        Args:
            kind: that of pods.
            namespace: its namespace.
            name: its name.
            uid: the pod is only deleted if it still has this UID.
        """
        metadata = {"name": name, "namespace": namespace}
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
        body["deleteOptions"] = {"preconditions": {"uid": uid}}
        try:
            await self._write("POST", f"{kind.path(namespace, name)}/eviction", kind, body=body)
        except ApiError as error:
            if error.is_missing or error.is_conflict or error.code == HTTPStatus.TOO_MANY_REQUESTS:
                return False
            raise
        return True

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
        """Send one request and return the JSON of the response.

        Raises:
            ApiError: there was no response in time, or an error.
        """
        parameters = {name: value for name, value in (query or {}).items() if value}
        url = f"{self.configuration.host}{path}" + (f"?{urlencode(parameters)}" if parameters else "")
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
                NO_ANSWER, "Timeout", f"the API server did not respond to {method} {path} within {REQUEST_S:.0f} s"
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            API_ERRORS.labels("connection").inc()
            raise ApiError(NO_ANSWER, "NoConnection", f"the API server cannot be reached: {error}") from error
        if answer.status >= HTTPStatus.BAD_REQUEST:
            API_ERRORS.labels(str(answer.status)).inc()
            raise _error_of(answer.status, answer.headers.get("Retry-After"), data, f"{method} {path}")
        try:
            return msgspec.json.decode(data, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise ApiError(answer.status, "NoJson", f"the response to {method} {path} is not JSON") from error

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
    """Yield a client for the cluster of KUBECONFIG or ~/.kube/config, else for the cluster in which this runs.

    Raises:
        StartError: there is no configuration, or it cannot be read.
    """
    configuration = client.Configuration()
    named = os.environ.get("KUBECONFIG") or ""
    try:
        if named or DEFAULT_KUBECONFIG.is_file():
            await config.load_kube_config(  # type: ignore[no-untyped-call]
                named or None, client_configuration=configuration, persist_config=False
            )
            # As kubectl does. Inside a cluster, its API server is never asked through a proxy.
            configuration.proxy = configuration.proxy or proxy_for(configuration.host, os.environ) or None
        else:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    except config.ConfigException as error:
        message = f"no cluster: {error}: set KUBECONFIG to the file of a cluster, or run the operator inside one"
        raise StartError(message) from error
    except ProxyError as error:
        raise StartError(str(error)) from error
    api = Api(configuration)
    try:
        yield api
    finally:
        await api.close()


def _is_creation(field: Mapping[str, Any]) -> bool:
    """Return whether an entry of managedFields is from a creation by this operator."""
    return field.get("manager") == MANAGER and field.get("operation") == "Update" and not field.get("subresource")


def _error_of(code: int, retry_after: str | None, data: bytes, request: str) -> ApiError:
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
