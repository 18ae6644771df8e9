"""The alerts of a tracker. Each has a page in `docs/runbooks`, and a test for promtool in `tests/monitoring`."""

from __future__ import annotations

from typing import Final

from flighttracker.metric_names import (
    GENERATED,
    HISTORY_FAILED_WRITES,
    HISTORY_LAG,
    HISTORY_VOLUME_FREE,
    HISTORY_VOLUME_SIZE,
    KAFKA_VOLUME_FREE,
    KAFKA_VOLUME_SIZE,
    SOURCE_STATE,
)
from flighttracker_operator.manifests.alert import DAY_S, Alert, Selection, series
from flighttracker_operator.manifests.log_bounds import NEARLY_FULL

LAG: Final = 50_000
"""Unread records of one shard that raise an alert: at 20,000 records a second on six shards, 15 s of records."""
CERTIFICATE_DAYS: Final = 14
FULL: Final = 0.95
HISTORY_FULL: Final = 0.92
"""A history fills 85 % of its volume by default, and some more while files are compacted."""
GENERATOR: Final = 'role="generator"'
GATEWAY: Final = 'role="gateway"'
SILENT_STATES: Final = ("late", "stopped")
FAILING_STATES: Final = ("unreachable", "refused", "rate_limited", "failing")


def tracker_alerts(of: Selection) -> list[Alert]:
    """Return the alerts, in the order of the path of a position."""
    return [*_sources(of), *_generators(of), *_gateways(of), *_servers(of), *_history(of)]


def _history(of: Selection) -> list[Alert]:
    historians = of.historians
    if historians is None:
        return []
    free, size = series(HISTORY_VOLUME_FREE, historians), series(HISTORY_VOLUME_SIZE, historians)
    return [
        Alert(
            name="FlightTrackerHistoryLag",
            expression=f"max({series(HISTORY_LAG, historians)}) > {LAG}",
            wait="10m",
            severity="warning",
            summary=f"The historians of {of.name} read positions more slowly than they are produced.",
            description="Positions are lost when Kafka no longer has them: give the historians more CPU, or, with a "
            "bucket, add historians.",
        ),
        Alert(
            name="FlightTrackerHistoryNotWritten",
            expression=f"sum(increase({series(HISTORY_FAILED_WRITES, historians)}[10m])) > 0",
            wait="10m",
            severity="warning",
            summary=f"The historians of {of.name} cannot write their files.",
            description="Run kubectl describe on the tracker: its condition HistoryReady has the reason.",
        ),
        Alert(
            name="FlightTrackerHistoryVolumeNearlyFull",
            expression=f"1 - min({free} / {size}) > {HISTORY_FULL}",
            wait="10m",
            severity="warning",
            summary=f"The volume with the history of {of.name} is {{{{ $value | humanizePercentage }}}} full.",
            description="Enlarge it (storage.volume.size in spec.history), or keep less (sizeLimit, retention).",
        ),
    ]


def _sources(of: Selection) -> list[Alert]:
    def in_states(*states: str) -> str:
        alternatives = "|".join(states)
        state = series(SOURCE_STATE, of.generators, f'state=~"{alternatives}"')
        return f"max by (source, state) ({state}) == 1"

    conditions = "Run kubectl describe on the tracker: its condition SourcesReady says what to check."
    alerts = [
        Alert(
            name="FlightTrackerSourceStopped",
            expression=in_states(*SILENT_STATES),
            wait="10m",
            severity="warning",
            summary=f"Source {{{{ $labels.source }}}} of {of.name} sends nothing new ({{{{ $labels.state }}}}).",
            description=conditions,
        ),
        Alert(
            name="FlightTrackerSourceUnavailable",
            expression=in_states(*FAILING_STATES),
            wait="10m",
            severity="warning",
            summary=f"Source {{{{ $labels.source }}}} of {of.name} cannot be used ({{{{ $labels.state }}}}).",
            description=conditions,
        ),
    ]
    if of.table_age_s is not None:
        read = f"max({series('flights_aircraft_table_timestamp_seconds', of.generators)})"
        failed = f"sum(increase({series('flights_aircraft_table_errors_total', of.generators)}[1h])) > 0"
        # NaN is not equal to itself: the table was never read.
        alerts.append(
            Alert(
                name="FlightTrackerAircraftTableOld",
                expression=f"(time() - {read} > {of.table_age_s}) or ({failed} and {read} != {read})",
                wait="15m",
                severity="warning",
                summary=f"The table of aircraft of {of.name} cannot be read, or is too old.",
                description="The label `reason` of flights_aircraft_table_errors_total says why it cannot be read.",
            )
        )
    return alerts


def _generators(of: Selection) -> list[Alert]:
    refused = f"sum by (reason) (rate({series('flights_rejected_total', of.both)}[10m]))"
    return [
        Alert(
            name="FlightTrackerNoPositions",
            expression=f"sum(increase({series(GENERATED, of.generators)}[{of.silent_s}s])) == 0",
            wait="5m",
            severity="critical",
            summary=f"The generators of {of.name} produce no positions.",
            description="Check the log of the first generator and the tracker's conditions.",
        ),
        Alert(
            name="FlightTrackerGeneratorsGone",
            expression=f"absent({series('flights_build_info', of.generators, GENERATOR)})",
            wait="5m",
            severity="critical",
            summary=f"No generator of {of.name} responds.",
            description="Run kubectl describe on the tracker: its condition GeneratorReady has the reason.",
        ),
        Alert(
            name="FlightTrackerRecordsDropped",
            expression=f"sum(increase({series('flights_dropped_total', of.generators)}[5m])) > 0",
            wait="0m",
            severity="warning",
            summary=f"A generator of {of.name} dropped records, because Kafka was unavailable for too long.",
            description="Run kubectl describe on the tracker: its condition KafkaReady has the reason.",
        ),
        Alert(
            name="FlightTrackerRecordsRefused",
            expression=f"{refused} > 1",
            wait="10m",
            severity="warning",
            summary=f"Records of {of.name} are rejected: {{{{ $labels.reason }}}}.",
            description="The rejected records are kept in the topic of rejected records.",
        ),
    ]


def _gateways(of: Selection) -> list[Alert]:
    def all_gateways(metric: str) -> str:
        return series(metric, of.gateways)

    late = f"rate({all_gateways('flights_end_to_end_seconds_bucket')}[5m])"
    updated = f"sum(rate({all_gateways('flights_end_to_end_seconds_count')}[2m]))"
    revoked, limit = all_gateways("flights_revoked_tokens"), all_gateways("flights_revoked_tokens_limit")
    ends = f"min({all_gateways('flights_tls_certificate_expiry_timestamp_seconds')})"
    return [
        Alert(
            name="FlightTrackerGatewaysGone",
            expression=f"absent({series('flights_build_info', of.gateways, GATEWAY)})",
            wait="2m",
            severity="critical",
            summary=f"No gateway of {of.name} responds: the map is unavailable.",
            description="Run kubectl describe on the tracker: its condition GatewayReady has the reason.",
        ),
        Alert(
            name="FlightTrackerLag",
            expression=f"max({all_gateways('flights_kafka_lag')}) > {LAG}",
            wait="5m",
            severity="warning",
            summary=f"The gateways of {of.name} read positions more slowly than they are produced.",
            description="Give the gateways more CPU, or add gateways, up to one for each partition.",
        ),
        Alert(
            name="FlightTrackerStaleShards",
            expression=f"max({all_gateways('flights_stale_shards')}) > 0",
            wait="2m",
            severity="warning",
            summary=f"Part of the map of {of.name} is stale.",
            description="At least one shard has no new frames: check generators, gateways and Redis.",
        ),
        Alert(
            name="FlightTrackerSlowMap",
            expression=f"histogram_quantile(0.99, sum by (le) ({late})) > 5",
            wait="10m",
            severity="warning",
            summary=f"Positions of {of.name} reach the map more than 5 s late.",
            description="Check flights_kafka_lag and flights_frame_encode_seconds. A real source may itself be late.",
        ),
        Alert(
            name="FlightTrackerNoUpdates",
            expression=f"sum({all_gateways('flights_ws_connections')}) > 0 and {updated} == 0",
            wait="5m",
            severity="critical",
            summary=f"Viewers of {of.name} are connected and get no new positions.",
            description="Check flights_stale_shards, flights_kafka_lag and the logs of the gateways.",
        ),
        Alert(
            name="FlightTrackerCertificateEnds",
            expression=f"{ends} - time() < {CERTIFICATE_DAYS * DAY_S}",
            wait="1h",
            severity="warning",
            summary=f"The certificate of the gateways of {of.name} ends in {{{{ $value | humanizeDuration }}}}.",
            description="cert-manager renews certificates 30 days before their end: check its Certificate.",
        ),
        Alert(
            name="FlightTrackerRevocationsNearlyFull",
            expression=f"max by (kind) ({revoked} / {limit}) > 0.8",
            wait="5m",
            severity="warning",
            summary=f"The list of revoked tokens of {of.name} is more than 80 % full.",
            description="When it is full, no further token can be revoked.",
        ),
    ]


def _servers(of: Selection) -> list[Alert]:
    free, size = series(KAFKA_VOLUME_FREE, of.gateways), series(KAFKA_VOLUME_SIZE, of.gateways)
    filled = f"1 - min by (broker) ({free} / {size})"
    broker, percent = "{{ $labels.broker }}", "{{ $value | humanizePercentage }}"
    volume = f"The volume of Kafka broker {broker} of {of.name} is {percent} full"
    return [
        Alert(
            name="FlightTrackerVolumeNearlyFull",
            expression=f"{filled} > {NEARLY_FULL}",
            wait="5m",
            severity="warning",
            summary=f"{volume}.",
            description="Enlarge it (storage.size in spec.kafka), or shorten what is kept (retentionMinutes).",
        ),
        Alert(
            name="FlightTrackerVolumeFull",
            expression=f"{filled} > {FULL}",
            wait="1m",
            severity="critical",
            summary=f"{volume}: the broker stops when it is full.",
            description="Enlarge it (storage.size in spec.kafka).",
        ),
        Alert(
            name="FlightTrackerNotSharing",
            expression=f"min({series('flights_sharing', of.gateways)}) == 0",
            wait="5m",
            severity="warning",
            summary=f"A gateway of {of.name} works without Redis and reads every shard alone.",
            description="Run kubectl describe on the tracker: its condition RedisReady has the reason.",
        ),
        Alert(
            name="FlightTrackerRedisEvicts",
            expression=f"max(delta({series('flights_redis_evicted_keys', of.gateways)}[10m])) > 0",
            wait="0m",
            severity="warning",
            summary=f"Redis of {of.name} removes keys for lack of memory.",
            description="Raise the memory limit of Redis (spec.redis.builtin.resources).",
        ),
        Alert(
            name="FlightTrackerRedisNotSaved",
            expression=f"min({series('flights_redis_saved', of.gateways)}) == 0",
            wait="5m",
            severity="warning",
            summary=f"Redis of {of.name} cannot write to its disk.",
            description="Revoked tokens are lost when it restarts: check its volume and its log.",
        ),
    ]
