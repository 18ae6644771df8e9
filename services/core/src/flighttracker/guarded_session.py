"""A session of `requests` under a `Guard`, for libraries that take one: the exporter of traces.

Every connection is checked, also those after a redirect, before a byte is sent. The first 64 KB of an answer
are read.
"""

from __future__ import annotations

from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from flighttracker.outgoing import ForbiddenTargetError, Guard

MAX_ANSWER_BYTES: Final = 64 * 1024
_GUARD: Final = Guard()


class _Connection(HTTPConnection):
    def _new_conn(self) -> Any:
        return _checked(super()._new_conn())


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> Any:
        return _checked(super()._new_conn())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        # Those of a proxy stay as they are: it may have any address, because the operator of the cluster allows it.
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request, unless its URL names a forbidden address, and read the first part of the answer."""
        try:
            _GUARD.route(request.url or "", {})
        except ForbiddenTargetError as error:
            raise requests.exceptions.ConnectionError(str(error)) from error
        answer = super().send(request, *args, **{**kwargs, "stream": True})
        answer._content = answer.raw.read(MAX_ANSWER_BYTES, decode_content=False)
        answer.close()
        return answer


def guarded_session() -> requests.Session:
    """Return a session that reaches no metadata service of a cloud."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


def _checked(connected: Any) -> Any:
    try:
        _GUARD.check(str(connected.getpeername()[0]))
    except ForbiddenTargetError:
        connected.close()
        raise
    return connected
