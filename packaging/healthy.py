#!/usr/bin/env python3
"""Docker's health check of `flighttracker local`: exits with 0 when the map has aircraft.

The answer of /ready is what counts: the port of a process that hangs is open, too. A tracker with `gateway.tls` serves
HTTPS with a certificate for another name than localhost, so it is not verified: the connection never leaves the
container.
"""

from __future__ import annotations

import http.client
import os
import ssl
import sys
from typing import Final

TIMEOUT_S: Final = 2.0
"""Of each of the two requests; Docker ends the check after 5 s."""


def status(connection: http.client.HTTPConnection) -> int:
    """Return the status of /ready."""
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status
    finally:
        connection.close()


def main() -> int:
    """Ask the port of FLIGHTTRACKER_PORT over HTTP, then over HTTPS."""
    port = int(os.environ.get("FLIGHTTRACKER_PORT", "8000"))
    try:
        answer = status(http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S))
    except ConnectionRefusedError:
        print(f"nothing listens on port {port}")
        return 1
    except (OSError, http.client.HTTPException):
        context = ssl._create_unverified_context()  # noqa: S323 - see above
        try:
            answer = status(http.client.HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_S, context=context))
        except (OSError, http.client.HTTPException) as error:
            print(f"port {port} does not answer: {error}")
            return 1
    print(f"/ready answers {answer}")
    return 0 if answer == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
