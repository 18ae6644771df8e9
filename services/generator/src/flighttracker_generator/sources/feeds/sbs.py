"""The source `sbs`: BaseStation lines over TCP, from a receiver."""

from __future__ import annotations

from typing import Final

from flighttracker.settings import SbsSource
from flighttracker_generator.sources.feeds.sbs_lines import SbsLines
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.feeds.tcp import TcpSource
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses

_HOUR_S: Final = 3600


class SbsDecoder:
    """A `Decoder` of one connection, from bytes to aircraft.

    Args:
        sky: where the aircraft are kept.
    """

    def __init__(self, sky: Sky) -> None:
        self.sky = sky
        self._lines = SbsLines(sky)
        self._has_remarked = False

    @property
    def received_ms(self) -> int:
        """When the last bytes came."""
        return self._lines.received_ms

    @property
    def is_understood(self) -> bool:
        """Whether a line was understood."""
        return self._lines.is_fed

    def feed(self, data: bytes, received_ms: int) -> None:
        """Add bytes as they come."""
        self._lines.received_ms = received_ms
        self._lines.feed(data)

    def remarks(self) -> list[str]:
        """Return once that the dates of the lines are far from our time."""
        ahead_s = self._lines.clock_ahead_s
        if ahead_s is None or self._has_remarked:
            return []
        self._has_remarked = True
        apart = f"{abs(ahead_s) / _HOUR_S:.1f} h {'ahead of' if ahead_s > 0 else 'behind'} our clock"
        return [f"its dates are {apart}, because of a time zone or a wrong clock: positions get the time of receipt"]


class Sbs(TcpSource[SbsSource]):
    """A `Source` of the aircraft that a receiver hears; see `TcpSource` for the arguments."""

    def decoder(self) -> SbsDecoder:
        """Return a decoder for one connection."""
        wanted = Wanted(non_icao_addresses=self._settings.non_icao_addresses)
        return SbsDecoder(Sky(self.name, wanted, Losses()))
