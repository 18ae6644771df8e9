"""Every kind of thing that a receiver hears, in Chromium: shapes, card, filters, counts; and a receiver that dies."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from tests.browser.scenario import running_gateway
from tests.servers.process import LOOPBACK

KINDS: Final = (
    ("A1", "adsb_icao"), ("A2", "adsb_icao"), ("A3", "adsb_icao"), ("A5", "adsb_icao"), ("A6", "mlat"),
    ("A7", "adsb_icao"), ("B1", "mlat"), ("B2", "adsb_icao"), ("B3", "adsb_icao"), ("B4", "adsr_icao"),
    ("B6", "adsb_other"), ("C1", "adsb_icao_nt"), ("C2", "adsb_icao_nt"), ("C3", "adsb_icao_nt"), (None, "tisb_other"),
)  # fmt: skip
"""Emitter category and message type of each target."""
VEHICLES: Final = 3
OTHER_ADDRESSES: Final = sum(message_type.endswith("other") for _, message_type in KINDS)


def targets() -> bytes:
    """Return an `aircraft.json` with a target of each kind in a grid around Frankfurt; the aircraft fly south-east."""
    records = []
    for number, (category, message_type) in enumerate(KINDS):
        is_aircraft = not str(category).startswith("C")
        other = "~" if message_type.endswith("other") else ""
        record: dict[str, Any] = {
            "hex": f"{other}3c64{number:02x}", "flight": f"KIND{number:02d}",
            "type": message_type, "category": category,
            "lat": 50.2 - 0.09 * (number // 5), "lon": 8.3 + 0.13 * (number % 5), "seen": 0.1, "seen_pos": 0.1,
            "alt_baro": 2000 + 2500 * number if is_aircraft else "ground",
        }  # fmt: skip
        if category != "C3":
            moved_deg = 1e-5 * (time.time() % 1000)
            record |= {"gs": 60 if is_aircraft else 5, "track": 135, "lat": record["lat"] - moved_deg}
        records.append(record)
    return json.dumps({"now": time.time(), "messages": 1, "aircraft": records}).encode()


class _Receiver(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = targets()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Log nothing: the test's output is the script's."""


@contextmanager
def receiver() -> Iterator[str]:
    """Yield the URL of a running receiver."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}/data/aircraft.json"
    finally:
        server.shutdown()
        server.server_close()


def test_every_kind_has_its_shape_its_words_and_its_filter(run_at: Callable[..., str], tmp_path: Path) -> None:
    with receiver() as url:
        source = f"{{readsb: {{url: '{url}', intervalSeconds: 1, vehicles: true, nonIcaoAddresses: true}}}}"
        aircraft = len(KINDS) - VEHICLES
        with running_gateway(tmp_path, aircraft, 1, source=source) as (server, page):
            run_at("kinds", server, page, AIRCRAFT=str(aircraft), VEHICLES=str(VEHICLES))


def test_a_dead_receiver_is_named_while_all_positions_are_stale(run_at: Callable[..., str], tmp_path: Path) -> None:
    with ExitStack() as alive:
        source = f"{{readsb: {{url: '{alive.enter_context(receiver())}', intervalSeconds: 1}}}}"
        aircraft = len(KINDS) - VEHICLES - OTHER_ADDRESSES
        with running_gateway(tmp_path, aircraft, 1, source=source) as (server, page):
            alive.close()
            run_at("dead_source", server, page)
