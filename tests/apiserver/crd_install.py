"""Installs the CRD of FlightTrackers in an API server."""

from __future__ import annotations

import time

from flighttracker_operator.crd import PLURAL, custom_resource_definition
from tests.apiserver.api_server import ApiError, ApiServer

CRD_NAME = f"{PLURAL}.flighttracker.io"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ESTABLISHED_S = 30.0


def install_crd(server: ApiServer) -> None:
    """Apply the CRD and wait until FlightTrackers can be created."""
    path = f"{CRDS}/{CRD_NAME}?fieldManager=test&force=true"
    server.request("PATCH", path, custom_resource_definition(), content_type="application/apply-patch+yaml")
    deadline_s = time.monotonic() + ESTABLISHED_S
    while True:
        try:
            server.request("GET", "/apis/flighttracker.io/v1alpha1/flighttrackers")
        except ApiError as error:
            if error.code not in (404, 429) or time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)
        else:
            return
