"""Which web pages may connect: compares the Origin header with the allowed origins. Pure.

`admission` uses it for `/ws` and `app` for CORS, so that both have the same rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

ANY: Final = "*"


class Origins:
    """The allowed origins of a gateway.

    Args:
        allowed: values of the Origin header. `https://*.example.org` allows one label in place of the star, as a
            certificate does; `*` allows every origin. Empty allows only the host that the request is for.
    """

    def __init__(self, allowed: Sequence[str]) -> None:
        self._is_own_host_only = not allowed
        self._is_any = ANY in allowed
        self.pattern = "|".join(_pattern(origin.lower()) for origin in allowed if origin != ANY)
        """Regular expression of the allowed origins, in lower case."""
        self._compiled = re.compile(self.pattern)

    def allow(self, origin: str, host: str) -> bool:
        """Return whether a page may connect.

        Args:
            origin: the Origin header, "" when absent. Only browsers send one; a program could send any.
            host: the Host header, "" when absent.
        """
        if not origin or self._is_any:
            return True
        if self._is_own_host_only:
            return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
        return self._compiled.fullmatch(origin.lower()) is not None


def _pattern(origin: str) -> str:
    return re.escape(origin).replace(r"://\*\.", r"://[a-z0-9-]+\.")
