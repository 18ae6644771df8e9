"""The alerts of the operator itself, and about trackers that it reports as not working. For the chart and for files."""

from __future__ import annotations

from flighttracker_operator.manifests.alert import Alert

PROBLEM = "flighttracker_operator_tracker_problem"


def operator_alerts() -> list[Alert]:
    """Return the alerts."""
    tracker = "{{ $labels.tracker_namespace }}/{{ $labels.tracker }}"
    errors = "flighttracker_operator_api_errors_total"
    # Conflicts, requests that are too many, and objects that are gone are part of normal work.
    failing = f'{errors}{{code=~"5..|timeout|connection"}}'
    return [
        Alert(
            name="FlightTrackerOperatorGone",
            expression='absent(flights_build_info{role="operator"})',
            wait="10m",
            severity="warning",
            summary="The operator of the flight trackers does not respond.",
            description="Trackers continue, but nothing is repaired or changed: check the operator's pod and its log.",
        ),
        Alert(
            name="FlightTrackerOperatorStuck",
            expression="time() - max(flighttracker_operator_last_success_timestamp_seconds) > 600",
            wait="5m",
            severity="warning",
            summary="No pass and no resync of the operator of the flight trackers succeeded for ten minutes.",
            description="Its /health and its log say why.",
        ),
        Alert(
            name="FlightTrackerOperatorLacksRights",
            expression=f'sum(increase({errors}{{code="403"}}[10m])) > 0',
            wait="5m",
            severity="warning",
            summary="The API server rejects requests of the operator (403).",
            description="Its log and the condition of the tracker name the object: grant it the chart's Role.",
        ),
        Alert(
            name="FlightTrackerOperatorRequestsFail",
            expression=f"sum(rate({failing}[10m])) > 0.05",
            wait="10m",
            severity="warning",
            summary="Requests of the operator to the API server fail.",
            description="The label `code` of flighttracker_operator_api_errors_total says how.",
        ),
        Alert(
            name="FlightTrackerOperatorErrors",
            expression='sum(increase(flighttracker_operator_passes_total{result="error"}[15m])) > 0',
            wait="0m",
            severity="warning",
            summary="A pass of the operator ended with a bug.",
            description="Its log has a traceback: please report it.",
        ),
        Alert(
            name="FlightTrackerNotReady",
            expression=f'max by (tracker_namespace, tracker, reason) ({PROBLEM}{{condition="Ready"}}) == 1',
            wait="15m",
            severity="warning",
            summary=f"{tracker} is not ready: {{{{ $labels.reason }}}}.",
            description="Run kubectl describe on the tracker: its conditions say how to fix it.",
        ),
        Alert(
            name="FlightTrackerAutoscalerFails",
            expression=f'max by (tracker_namespace, tracker) ({PROBLEM}{{reason="AutoscalerFails"}}) == 1',
            wait="15m",
            severity="warning",
            summary=f"The number of gateways of {tracker} does not follow the load.",
            description="Its autoscaler cannot read a metric: the condition GatewayReady quotes it.",
        ),
    ]
