"""The command as users run it: a real process, its output, its exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "examples").glob("*.yaml"))
COMMAND = str(Path(sys.executable).with_name("flighttracker"))


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NO_COLOR": "1", **environment},
    )


@pytest.mark.parametrize("command", ["", "local", "validate", "follow"])
def test_help_shows_examples(command: str) -> None:
    shown = run(*command.split(), "--help")
    assert shown.returncode == 0
    assert shown.stdout.startswith("Usage: flighttracker")
    assert "Examples:\n" in shown.stdout


def test_help_documents_the_exit_codes() -> None:
    assert "Exit codes:\n    0    success" in run("--help").stdout


def test_version_is_that_of_the_distribution() -> None:
    shown = run("--version")
    assert (shown.returncode, shown.stdout) == (0, "flighttracker 0.1.0\n")


def test_an_unknown_command_suggests_a_similar_one() -> None:
    shown = run("locl")
    assert shown.returncode == 2
    assert "Did you mean 'local'?" in shown.stderr


def test_validate_summarizes_a_valid_resource() -> None:
    shown = run("validate", "examples/minimal.yaml")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (
        "examples/minimal.yaml: valid: FlightTracker 'minimal'\n"
        "  source    10,000 simulated aircraft, the whole world, each reports every 15 s\n"
        "  log       builtin Kafka, 6 shards, kept 60 min, 1 copy of each record\n"
        "  gateways  2, an update every 1 s, open to everybody\n"
        "  page      built-in world map\n"
    )


def test_validate_accepts_every_example() -> None:
    shown = run("validate", *EXAMPLES)
    assert shown.returncode == 0
    assert shown.stdout.count(": valid: ") == len(EXAMPLES)


def test_validate_warns_about_access_and_exits_with_0(tmp_path: Path) -> None:
    risky = tmp_path / "risky.yaml"
    risky.write_text(
        "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\n"
        "spec: {ingress: {enabled: true}}\n",
        encoding="utf-8",
    )
    shown = run("validate", str(risky), "examples/minimal.yaml")
    assert shown.returncode == 0
    assert shown.stdout.count(": valid: ") == 2
    warnings = shown.stderr.splitlines()
    assert [warning.partition(" and spec.ingress is enabled: ")[0] for warning in warnings] == [
        f"{risky}: warning: spec.gateway.auth.mode is none",
        f"{risky}: warning: spec.gateway.trustedProxies is missing",
    ]


def test_validate_reports_every_mistake_and_continues_with_the_next_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\n"
        "spec: {gatway: {}, gateway: {replicas: two}}\n",
        encoding="utf-8",
    )
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"a\xff")
    shown = run("validate", str(bad), str(binary), "nowhere.yaml", "examples/minimal.yaml")
    assert shown.returncode == 2
    assert shown.stderr.splitlines() == [
        f'{bad}:4: spec.gateway.replicas is "two", but must be a whole number from 0 to 100',
        f"{bad}:4: spec.gatway is not a field: did you mean gateway?",
        f"{binary}: is not UTF-8 text (byte 2)",
        "nowhere.yaml: cannot be read: No such file or directory",
    ]
    assert "examples/minimal.yaml: valid: " in shown.stdout


def test_validate_reads_standard_input_and_its_own_defaults() -> None:
    defaults = run("validate", "--defaults", "examples/europe.yaml")
    assert defaults.returncode == 0
    assert "    tickSeconds: 1.0\n" in defaults.stdout
    assert "  - simulated:\n      aircraft: 5000\n" in defaults.stdout
    assert "    builtin:\n      replicas: 1\n" in defaults.stdout
    again = run("validate", "-", stdin=defaults.stdout)
    assert again.stdout.startswith("-: valid: FlightTracker 'europe'\n")


def test_validate_reads_several_resources_and_lists(tmp_path: Path) -> None:
    head = "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\n"
    several = tmp_path / "several.yaml"
    several.write_text(f"{head}---\nkind: Secret\nmetadata: {{name: s}}\n---\n{head}spec: {{x: 1}}\n", encoding="utf-8")
    shown = run("validate", str(several))
    assert shown.returncode == 2
    assert shown.stdout.startswith(f"{several}: valid: FlightTracker 'a'\n")
    assert f"{several}: skipped: Secret 's' is not a FlightTracker\n" in shown.stdout
    assert shown.stderr.startswith(f"{several}:11: spec.x is not a field: ")
    defaults = run("validate", "--defaults", "examples/europe.yaml", "examples/busy.yaml").stdout
    assert run("validate", "-", stdin=defaults).stdout.count("-: valid: ") == 2


def test_validate_reports_as_json(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\nspec:\n  gatway: {}\n",
        encoding="utf-8",
    )
    shown = run("validate", "--output", "json", str(bad), "nowhere.yaml", "examples/minimal.yaml")
    assert (shown.returncode, shown.stderr) == (2, "")
    wrong, missing, valid = json.loads(shown.stdout)
    assert wrong == {
        "file": str(bad),
        "line": 1,
        "kind": "FlightTracker",
        "name": "a",
        "is_valid": False,
        "is_skipped": False,
        "mistakes": [
            {
                "line": 5,
                "path": "spec.gatway",
                "value": "",
                "message": "spec.gatway is not a field: did you mean gateway?",
            }
        ],
        "warnings": [],
    }
    assert missing["mistakes"][0]["message"] == "nowhere.yaml: cannot be read: No such file or directory"
    assert (valid["is_valid"], valid["name"], valid["mistakes"]) == (True, "minimal", [])
    (written,) = json.loads(run("validate", "--output", "json", "--defaults", "examples/europe.yaml").stdout)
    assert written["resource"]["spec"]["gateway"]["tickSeconds"] == 1.0


def test_schema_prints_the_schema_for_editors() -> None:
    shown = run("schema")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["properties"]["kind"]["const"] == "FlightTracker"


def test_local_needs_no_file() -> None:
    shown = run("local", "--page", "examples")
    assert shown.stdout == (
        "FlightTracker 'minimal': 10,000 simulated aircraft, the whole world, each reports every 15 s\n"
    )
    assert shown.stderr.startswith("error: --page examples has no index.html"), "it got as far as the page"
    text = " ".join(run("local", "--help").stdout.split())
    assert text.startswith("Usage: flighttracker local [OPTIONS] [FILE]")
    assert "Without FILE it is examples/minimal.yaml" in text


def test_local_rejects_what_validate_rejects() -> None:
    shown = run("local", "-", stdin="kind: Pod")
    assert shown.returncode == 2
    assert shown.stderr.splitlines() == [
        "-:1: apiVersion is missing: write apiVersion: flighttracker.io/v1beta1",
        '-:1: kind is "Pod", but must be FlightTracker',
    ]


def test_local_rejects_a_page_directory_without_a_page() -> None:
    shown = run("local", "examples/minimal.yaml", "--page", "examples")
    assert shown.returncode == 2
    assert shown.stderr == (
        "error: --page examples has no index.html: build the page with `make web`, or leave out --page\n"
    )


def test_local_says_how_to_provide_a_secret(tmp_path: Path) -> None:
    text = (
        (ROOT / "examples" / "opensky.yaml")
        .read_text(encoding="utf-8")
        .replace("# credentialsSecret", "credentialsSecret")
    )
    shown = run("local", "-", stdin=text)
    assert shown.returncode == 2
    assert shown.stderr == (
        "error: the resource needs the Secret opensky: "
        "write DIR/opensky/client_id and DIR/opensky/client_secret, and add --secrets DIR\n"
    )
    shown = run("local", "-", "--secrets", str(tmp_path), stdin=text)
    assert shown.returncode == 2
    assert shown.stderr.startswith(f"error: {tmp_path}/opensky/client_id is missing: ")


@pytest.mark.parametrize(
    ("gateway", "files"),
    [
        ("{auth: {mode: token, token: {hs256Secret: keys}}}", "DIR/keys/secret"),
        ("{tls: {secretName: cert}}", "DIR/cert/tls.crt and DIR/cert/tls.key"),
    ],
)
def test_local_needs_the_secrets_of_its_gateway_and_names_the_files(gateway: str, files: str) -> None:
    text = (ROOT / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    shown = run("local", "-", stdin=f"{text.partition('spec:')[0]}spec: {{gateway: {gateway}}}\n")
    assert shown.returncode == 2
    assert f"write {files}, and add --secrets DIR" in shown.stderr


SMALL = """
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {name: small}
spec: {source: {simulated: {aircraft: 300, intervalSeconds: 3}}}
"""


def test_follow_shows_every_hop() -> None:
    listed = run("follow", "--list", "-", stdin=SMALL)
    assert listed.returncode == 0
    assert listed.stdout.splitlines()[-1].startswith("20 of 300 aircraft; show one with: flighttracker follow ")
    icao24 = listed.stdout.splitlines()[1].split()[0]
    shown = run("follow", icao24, "-", stdin=SMALL)
    assert (shown.returncode, shown.stderr) == (0, "")
    for hop in ("1  Source: ", "2  Avro: ", "3  Shard: ", "4  Frames: ", "5  Gateways: ", "6  Browser: "):
        assert f"\n{hop}" in shown.stdout
    assert f"{icao24} takes slot" in shown.stdout
    assert "and its columns change by:" in shown.stdout


def test_what_the_list_suggests_works() -> None:
    listed = run("follow", "--list", "examples/europe.yaml")
    suggested = listed.stdout.splitlines()[-1].partition("show one with: flighttracker ")[2]
    assert suggested.startswith("follow ")
    shown = run(*suggested.split())
    assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.parametrize("text", ["README.md", "--help"])
def test_every_follow_command_that_is_shown_works(text: str) -> None:
    shown = run("follow", "--help").stdout if text == "--help" else (ROOT / text).read_text(encoding="utf-8")
    commands = re.findall(r"^ *(?:\.venv/bin/)?flighttracker (follow .+)$", shown, re.MULTILINE)
    assert len(commands) >= 2
    for command in commands:
        ended = run(*command.split())
        assert (ended.returncode, ended.stderr) == (0, ""), command


def test_follow_names_aircraft_that_exist() -> None:
    shown = run("follow", "000000", "-", stdin=SMALL)
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: there is no aircraft 000000 among 300: try ")
    assert shown.stderr.endswith(", or list more with --list\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["follow"], "Error: Missing argument 'ICAO24': name an aircraft, or list some with --list."),
        (["follow", "LH400"], "error: 'lh400' is not an ICAO 24-bit address: six hex digits, such as 3c1915"),
        (["local", "examples/minimal.yaml", "--port", "0"], "(env var: 'FLIGHTTRACKER_PORT'): 0 is not in the range"),
    ],
)
def test_wrong_arguments_end_with_exit_code_2(arguments: list[str], message: str) -> None:
    shown = run(*arguments)
    assert shown.returncode == 2
    assert message in shown.stderr
