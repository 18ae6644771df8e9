"""Traffic for benches that compare what viewers see with where the aircraft are: simulated, or real ones that turn."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
from bench.frames import START_MS, heard_once, moved, simulated

from flighttracker.flight import FlightPosition
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic

TURN_DEG_PER_S: Final = 1.5
TURNING: Final = 0.2
"""Share of the aircraft that turn at any time."""
TURN_S: Final = 40
HEARD: Final = 0.7
"""Share of the seconds in which a receiver hears an aircraft."""
LATEST_MS: Final = 900
NOISE_DEG: Final = 2.5e-5


class Places(NamedTuple):
    """Places of aircraft, Web Mercator, 0 to 1; each (n), `icao24` ascending."""

    icao24: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]

    @classmethod
    def of(cls, icao24: npt.NDArray[np.int64], x: npt.NDArray[Any], y: npt.NDArray[Any]) -> Places:
        """Return places in the order of addresses."""
        order = np.argsort(icao24)
        return cls(icao24[order], x[order], y[order])

    @classmethod
    def on_earth(
        cls, icao24: npt.NDArray[np.int64], latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike
    ) -> Places:
        """Return places on the map."""
        sine = np.sin(np.radians(np.clip(latitude_deg, -85.0511, 85.0511)))
        return cls.of(icao24, np.asarray(longitude_deg) / 360 + 0.5, 0.5 - np.arctanh(sine) / (2 * np.pi))

    def at(self, icao24: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return x and y (n) of some aircraft, NaN for one that is not among them."""
        rows = np.minimum(np.searchsorted(self.icao24, icao24), len(self.icao24) - 1)
        known = self.icao24[rows] == icao24
        return np.where(known, self.x[rows], np.nan), np.where(known, self.y[rows], np.nan)


class ViewTraffic(Protocol):
    """Aircraft, and what is heard of them."""

    def __call__(self, second: int) -> list[FlightPosition]:
        """Return the positions that are reported in the next second."""
        ...

    def places(self) -> Places:
        """Return where all aircraft are at the end of that second."""
        ...


class SimulatedTraffic:
    """The generator's aircraft, one report a second each."""

    def __init__(self, aircraft: int) -> None:
        self._ticks = simulated(aircraft)
        fleet = make_fleet(aircraft, {}, 1, 0, 1)
        self._flown = Traffic(fleet)
        self._rows = np.arange(aircraft)
        self._icao24 = np.array([int(one, 16) for one in fleet.icao24])
        self._second = 0

    def __call__(self, second: int) -> list[FlightPosition]:
        self._second = second
        return self._ticks(second)

    def places(self) -> Places:
        reports = self._flown.batch(self._rows, START_MS + self._second * 1000).reports
        return Places.on_earth(self._icao24, reports.latitude_deg, reports.longitude_deg)


class TurningTraffic:
    """Real aircraft, one in `one_in`, that turn now and then, as receivers hear them: with gaps, late, noisy."""

    def __init__(self, path: Path, seed: int = 3, one_in: int = 1) -> None:
        self._chance = random.Random(seed)
        aircraft = heard_once(path)[::one_in]
        self._turns = {one.icao24: 0.0 for one in aircraft}
        self._now = {one.icao24: one for one in aircraft}

    def __call__(self, second: int) -> list[FlightPosition]:
        chance, turns, now = self._chance, self._turns, self._now
        if second % TURN_S == 0:
            for icao24 in turns:
                turns[icao24] = chance.choice((-1, 1)) * TURN_DEG_PER_S if chance.random() < TURNING else 0.0
        reported = []
        for icao24, before in now.items():
            after = moved(before, 1) if second else before
            assert after.track_deg is not None
            now[icao24] = msgspec.structs.replace(after, track_deg=(after.track_deg + turns[icao24]) % 360)
            if second == 0 or chance.random() < HEARD:
                reported.append(_heard(now[icao24], second, chance))
        return reported

    def places(self) -> Places:
        now = list(self._now.values())
        icao24 = np.array([int(one.icao24, 16) for one in now])
        return Places.on_earth(icao24, [one.latitude_deg for one in now], [one.longitude_deg for one in now])


def _heard(position: FlightPosition, second: int, chance: random.Random) -> FlightPosition:
    late_s = chance.randrange(LATEST_MS) / 1000 if second else 0.0
    at = moved(position, -late_s)
    time_ms = START_MS + round((second - late_s) * 1000)
    return msgspec.structs.replace(
        at,
        latitude_deg=max(-90.0, min(90.0, (at.latitude_deg or 0.0) + chance.gauss(0, NOISE_DEG))),
        longitude_deg=((at.longitude_deg or 0.0) + chance.gauss(0, NOISE_DEG) + 180) % 360 - 180,
        position_time=time_ms,
        last_contact=time_ms,
    )
