"""Each alert fires by its fault, not before its time, and not without it; promtool evaluates the rules."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from scripts.make_monitoring import contents

from flighttracker_operator.manifests.alert import EVERYTHING, Selection, rule_group, selection_of
from flighttracker_operator.manifests.tracker_alerts import FAILING_STATES, SILENT_STATES, tracker_alerts
from flighttracker_operator.model.runbooks import RUNBOOK_URL, runbook_of
from flighttracker_operator.status.parts import SOURCE_PROBLEMS
from tests.monitoring.alert_files import FILES, all_alerts, promtool, run_rule_tests, write_rules
from tests.unit.operator.manifests.cases import facts, tracker

ROOT: Final = Path(__file__).parents[2]
MINUTES: Final = 180
"""How long each history is: longer than the longest wait of an alert."""
GIBIBYTE: Final = 2**30
DAY_S: Final = 86_400

Series = dict[str, str]
"""Histories in promtool's notation, by metric with labels: `1+2xN` starts at 1 and grows by 2 a minute."""


def steady(value: float) -> str:
    return f"{value}x{MINUTES}"


def growing(by: float) -> str:
    return f"0+{by}x{MINUTES}"


LATE: Final = 'flights_end_to_end_seconds_bucket{le="%s"}'
HEALTHY: Final[Series] = {
    'flights_build_info{role="generator"}': steady(1),
    'flights_build_info{role="gateway"}': steady(1),
    "flights_generated_total": growing(60_000),
    'flights_source_state{source="roof",state="fresh"}': steady(1),
    **{f'flights_source_state{{source="roof",state="{state}"}}': steady(0) for state in SOURCE_PROBLEMS},
    'flights_source_state{source="roof",state="starting"}': steady(0),
    "flights_aircraft_table_timestamp_seconds": f"0+60x{MINUTES}",
    'flights_aircraft_table_errors_total{reason="timeout"}': growing(1),
    "flights_dropped_total": steady(7),
    'flights_rejected_total{role="gateway",reason="too_old"}': growing(30),
    'flights_kafka_lag{shard="0"}': steady(49_000),
    "flights_stale_shards": steady(0),
    LATE % "2.0": growing(59_900),
    LATE % "20.0": growing(60_000),
    LATE % "+Inf": growing(60_000),
    "flights_ws_connections": steady(10),
    "flights_end_to_end_seconds_count": growing(60_000),
    "flights_tls_certificate_expiry_timestamp_seconds": steady(30 * DAY_S),
    'flights_revoked_tokens{kind="all"}': steady(790),
    'flights_revoked_tokens_limit{kind="all"}': steady(1_000),
    'flights_kafka_volume_size_bytes{broker="0"}': steady(100 * GIBIBYTE),
    'flights_kafka_volume_free_bytes{broker="0"}': steady(21 * GIBIBYTE),
    "flights_sharing": steady(1),
    "flights_redis_evicted_keys": steady(3),
    "flights_redis_saved": steady(1),
    'flights_history_lag{shard="0"}': steady(49_000),
    "flights_history_failed_writes_total": steady(2),
    "flights_history_volume_size_bytes": steady(100 * GIBIBYTE),
    "flights_history_volume_free_bytes": steady(10 * GIBIBYTE),
}
OPERATOR: Final[Series] = {
    'flights_build_info{role="operator"}': steady(1),
    "flighttracker_operator_last_success_timestamp_seconds": f"0+60x{MINUTES}",
    'flighttracker_operator_api_errors_total{code="409"}': growing(600),
    'flighttracker_operator_api_errors_total{code="403"}': steady(4),
    'flighttracker_operator_api_errors_total{code="500"}': growing(1),
    'flighttracker_operator_passes_total{result="error"}': steady(2),
    'flighttracker_operator_passes_total{result="ok"}': growing(60),
}
"""Of the operator, which has no labels of a tracker."""

GONE: Final = ""
"""A series that does not exist."""
PROBLEM: Final = (
    'flighttracker_operator_tracker_problem{tracker_namespace="flights",tracker="sky",condition="%s",reason="%s"}'
)


def in_state(state: str) -> Series:
    return {
        'flights_source_state{source="roof",state="fresh"}': steady(0),
        f'flights_source_state{{source="roof",state="{state}"}}': steady(1),
    }


FAULTS: Final[Mapping[str, Series]] = {
    "FlightTrackerSourceStopped": in_state("stopped"),
    "FlightTrackerSourceUnavailable": in_state("unreachable"),
    "FlightTrackerAircraftTableOld": {"flights_aircraft_table_timestamp_seconds": steady(-4 * DAY_S)},
    "FlightTrackerNoPositions": {"flights_generated_total": steady(60_000)},
    "FlightTrackerGeneratorsGone": {'flights_build_info{role="generator"}': GONE},
    "FlightTrackerRecordsDropped": {"flights_dropped_total": growing(1)},
    "FlightTrackerRecordsRefused": {'flights_rejected_total{role="gateway",reason="too_old"}': growing(120)},
    "FlightTrackerGatewaysGone": {'flights_build_info{role="gateway"}': GONE},
    "FlightTrackerLag": {'flights_kafka_lag{shard="0"}': steady(51_000)},
    "FlightTrackerStaleShards": {"flights_stale_shards": steady(1)},
    "FlightTrackerSlowMap": {LATE % "2.0": growing(50_000)},
    "FlightTrackerNoUpdates": {"flights_end_to_end_seconds_count": steady(600)},
    "FlightTrackerCertificateEnds": {"flights_tls_certificate_expiry_timestamp_seconds": steady(13 * DAY_S)},
    "FlightTrackerRevocationsNearlyFull": {'flights_revoked_tokens{kind="all"}': steady(810)},
    "FlightTrackerVolumeNearlyFull": {'flights_kafka_volume_free_bytes{broker="0"}': steady(19 * GIBIBYTE)},
    "FlightTrackerVolumeFull": {'flights_kafka_volume_free_bytes{broker="0"}': steady(4 * GIBIBYTE)},
    "FlightTrackerNotSharing": {"flights_sharing": steady(0)},
    "FlightTrackerRedisEvicts": {"flights_redis_evicted_keys": growing(5)},
    "FlightTrackerRedisNotSaved": {"flights_redis_saved": steady(0)},
    "FlightTrackerHistoryLag": {'flights_history_lag{shard="0"}': steady(51_000)},
    "FlightTrackerHistoryNotWritten": {"flights_history_failed_writes_total": growing(1)},
    "FlightTrackerHistoryVolumeNearlyFull": {"flights_history_volume_free_bytes": steady(7 * GIBIBYTE)},
    "FlightTrackerOperatorGone": {'flights_build_info{role="operator"}': GONE},
    "FlightTrackerOperatorStuck": {"flighttracker_operator_last_success_timestamp_seconds": steady(0)},
    "FlightTrackerOperatorLacksRights": {'flighttracker_operator_api_errors_total{code="403"}': growing(1)},
    "FlightTrackerOperatorRequestsFail": {'flighttracker_operator_api_errors_total{code="timeout"}': growing(6)},
    "FlightTrackerOperatorErrors": {'flighttracker_operator_passes_total{result="error"}': growing(1)},
    "FlightTrackerNotReady": {PROBLEM % ("Ready", "VolumePending"): steady(1)},
    "FlightTrackerAutoscalerFails": {PROBLEM % ("GatewayReady", "AutoscalerFails"): steady(1)},
}
"""The fault of each alert: what differs from a healthy tracker."""
ALSO: Final = {"FlightTrackerVolumeFull": {"FlightTrackerVolumeNearlyFull"}}
"""Alerts that fire together with another one."""
ALL_PARTS: Final = {
    "aircraftTable": {"url": "https://tables.example.org/aircraft.csv.gz"},
    "history": {"enabled": True},
}


def of_tracker() -> Selection:
    return selection_of(tracker(ALL_PARTS), facts())


def labelled(series: Series, extra: str) -> Series:
    """Add labels to series, as the targets of a ServiceMonitor have them."""
    return {
        f"{name.rstrip('}')}{',' if name.endswith('}') else '{'}{extra}}}": values for name, values in series.items()
    }


def of_service(series: Series, name: str) -> Series:
    """Label the series of a tracker, each as of the role that exports it."""
    generator = re.compile(r'flights_(generated|source|aircraft_table|dropped)|role="generator"')
    found: dict[str, str] = {}
    for metric, values in series.items():
        role = "generator" if generator.match(metric) or 'role="generator"' in metric else "gateway"
        role = "historian" if metric.startswith("flights_history") else role
        found |= labelled({metric: values}, f'namespace="flights",service="{name}-{role}",pod="{name}-{role}-0"')
    return found


def as_test(series: Series, *, at: str, firing: set[str]) -> dict[str, Any]:
    """Return a unit test of promtool: exactly these alerts fire at a time."""
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(firing)]
    expression = 'max by (alertname) (ALERTS{alertstate="firing"})'
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items() if values],
        "promql_expr_test": [{"expr": expression, "eval_time": at, "exp_samples": samples}],
    }


def series_of(of: Selection, fault: Series) -> Series:
    """Return the histories of a tracker with a fault, and of its operator."""
    tracker_series = HEALTHY | {name: values for name, values in fault.items() if name in HEALTHY}
    others = OPERATOR | {name: values for name, values in fault.items() if name not in HEALTHY}
    return (of_service(tracker_series, "sky") if of.labels else tracker_series) | others


@pytest.mark.parametrize("of", [EVERYTHING, of_tracker()], ids=["files", "PrometheusRule"])
def test_each_alert_fires_by_its_fault_after_its_wait_and_not_without(of: Selection, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    write_rules(rules, of)
    alerts = all_alerts(of)
    assert FAULTS.keys() == {alert.name for alert in alerts}
    tests = [as_test(series_of(of, {}), at=f"{MINUTES}m", firing=set())]
    for alert in alerts:
        series = series_of(of, FAULTS[alert.name])
        tests.append(as_test(series, at=f"{MINUTES}m", firing={alert.name, *ALSO.get(alert.name, ())}))
        wait_min = 60 * int(alert.wait[:-1]) if alert.wait.endswith("h") else int(alert.wait[:-1])
        if wait_min > 1:
            tests.append(as_test(series, at=f"{wait_min - 1}m", firing=set()))
    code, said = run_rule_tests(tmp_path, rules, tests)
    assert code == 0, said[-4_000:]
    # The tests can fail: without its fault, an alert that is expected is missing.
    wrong = as_test(series_of(of, {}), at=f"{MINUTES}m", firing={"FlightTrackerLag"})
    assert run_rule_tests(tmp_path, rules, [wrong])[0] != 0


def test_a_fault_of_another_tracker_fires_nothing(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    write_rules(rules, of_tracker())
    faults: dict[str, str] = {}
    for fault in FAULTS.values():
        faults |= {name: values for name, values in fault.items() if name in HEALTHY}
    series = series_of(of_tracker(), {}) | of_service(HEALTHY | faults, "sea")
    code, said = run_rule_tests(tmp_path, rules, [as_test(series, at=f"{MINUTES}m", firing=set())])
    assert code == 0, said[-4_000:]


def test_a_bucket_which_has_no_size_is_never_full(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    write_rules(rules, EVERYTHING)
    unknown = " ".join(["NaN"] * MINUTES)
    sizes = {"flights_history_volume_size_bytes": unknown, "flights_history_volume_free_bytes": unknown}
    test = as_test(series_of(EVERYTHING, sizes), at=f"{MINUTES - 1}m", firing=set())
    code, said = run_rule_tests(tmp_path, rules, [test])
    assert code == 0, said[-4_000:]


def test_a_tracker_without_history_has_no_alerts_about_it() -> None:
    names = [alert.name for alert in tracker_alerts(selection_of(tracker(), facts()))]
    assert not [name for name in names if "History" in name]


def test_a_table_that_was_never_read_fires_and_one_before_its_first_error_does_not(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    write_rules(rules, EVERYTHING)
    never = {"flights_aircraft_table_timestamp_seconds": " ".join(["NaN"] * MINUTES)}
    errors = 'flights_aircraft_table_errors_total{reason="timeout"}'
    tests = [
        as_test(series_of(EVERYTHING, never), at=f"{MINUTES}m", firing={"FlightTrackerAircraftTableOld"}),
        as_test(series_of(EVERYTHING, never | {errors: steady(0)}), at=f"{MINUTES}m", firing=set()),
    ]
    code, said = run_rule_tests(tmp_path, rules, tests)
    assert code == 0, said[-4_000:]


def test_texts_name_the_broker_the_share_and_the_page(tmp_path: Path) -> None:
    rules, of = tmp_path / "rules.yaml", of_tracker()
    write_rules(rules, of)
    series = series_of(of, FAULTS["FlightTrackerVolumeNearlyFull"])
    name = "FlightTrackerVolumeNearlyFull"
    (alert,) = [alert for alert in all_alerts(of) if alert.name == name]
    expected = {
        "exp_labels": {"severity": "warning", "broker": "0", "namespace": "flights", "tracker": "sky"},
        "exp_annotations": {
            "summary": "The volume of Kafka broker 0 of flights/sky is 81% full.",
            "description": alert.description,
            "runbook_url": runbook_of(name, RUNBOOK_URL),
        },
    }
    test = as_test(series, at="30m", firing={name})
    test["alert_rule_test"] = [{"eval_time": "30m", "alertname": name, "exp_alerts": [expected]}]
    code, said = run_rule_tests(tmp_path, rules, [test])
    assert code == 0, said[-4_000:]


def test_every_problem_of_a_source_has_an_alert() -> None:
    assert set(SILENT_STATES + FAILING_STATES) == SOURCE_PROBLEMS.keys()


def test_each_alert_has_a_page_and_each_page_an_alert() -> None:
    pages = {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")} - {"index"}
    assert pages == {alert.name for alert in all_alerts()}
    index = (ROOT / "docs/runbooks/index.md").read_text(encoding="utf-8")
    for alert in all_alerts():
        text = (ROOT / f"docs/runbooks/{alert.name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {alert.name}\n")
        assert all(f"\n## {part}\n\n* " in text for part in ("Look at", "Do"))
        assert f"({alert.name}.md)" in index


def test_the_files_are_those_of_the_code_and_promtool_accepts_them() -> None:
    for name, text in contents().items():
        assert (FILES / name).read_text(encoding="utf-8") == text, "run `make generate`"
    code, said = promtool("check", "rules", "--lint-fatal", *map(str, sorted(FILES.glob("*.yaml"))))
    assert code == 0, said
    for path in FILES.glob("*.yaml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            pages = {rule["alert"]: rule["annotations"]["runbook_url"] for rule in group["rules"]}
            assert pages == {name: runbook_of(name, RUNBOOK_URL) for name in pages}


def test_the_pages_can_be_at_another_address() -> None:
    group = rule_group("tracker", tracker_alerts(EVERYTHING), {}, "https://wiki.example.org/{name}/")
    for rule in group["rules"]:
        assert rule["annotations"]["runbook_url"] == f"https://wiki.example.org/{rule['alert']}/"


def test_every_query_of_the_dashboards_is_a_rule_that_prometheus_parses(tmp_path: Path) -> None:
    queries = [
        target["expr"].replace("$__rate_interval", "1m")
        for path in FILES.glob("*.json")
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]
        for target in panel["targets"]
    ]
    assert len(queries) > 30
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    code, said = promtool("check", "rules", str(file))
    assert code == 0, said
