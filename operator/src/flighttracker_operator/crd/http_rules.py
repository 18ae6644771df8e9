"""The CEL rules of sources over HTTP. `rules` includes them."""

from __future__ import annotations

import json
from typing import Final

from flighttracker.spec.fields import HEADER_NAME
from flighttracker.spec.http_access import (
    HEADERS_ARE_NAMED,
    NOT_IN_HEADERS,
    OWN_HEADERS,
    SECRET_HEADERS,
    WITHOUT_ACCOUNT,
)
from flighttracker_operator.crd.rule import Rule

HTTP_ACCESS: Final = (
    Rule(
        f"self.headers.all(name, name.matches({json.dumps(HEADER_NAME.regex)}))",
        "headers",
        HEADERS_ARE_NAMED,
    ),
    Rule(
        f"!self.headers.exists(name, name.matches('(?i)^({'|'.join(SECRET_HEADERS + OWN_HEADERS)})$'))",
        "headers",
        NOT_IN_HEADERS,
    ),
)
"""Rules of every source over HTTP."""

HTTP_ACCOUNT: Final = (
    *HTTP_ACCESS,
    Rule("!has(self.apiKey) || has(self.credentialsSecret)", "credentialsSecret", WITHOUT_ACCOUNT),
)
"""Rules of those whose requests may carry an account."""
