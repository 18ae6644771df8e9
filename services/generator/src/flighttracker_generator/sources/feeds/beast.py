"""The source `beast`: Mode S Beast over TCP, from a receiver or from feeders."""

from __future__ import annotations

from flighttracker.settings import BeastSource
from flighttracker_generator.sources.feeds.beast_frames import BeastFrames
from flighttracker_generator.sources.feeds.mode_s import ModeS, library_decode
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.feeds.tcp import TcpSource
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses


class BeastDecoder:
    """A `Decoder` of one connection, from bytes to aircraft.

    Args:
        sky: where the aircraft are kept.
    """

    def __init__(self, sky: Sky) -> None:
        self.sky = sky
        self.is_understood = False
        self._messages = ModeS(sky, library_decode())
        self._frames = BeastFrames(self._take, sky.losses)

    @property
    def received_ms(self) -> int:
        """When the last bytes came."""
        return self._messages.received_ms

    def feed(self, data: bytes, received_ms: int) -> None:
        """Add bytes as they come."""
        self._messages.received_ms = received_ms
        self._frames.feed(data)

    def remarks(self) -> list[str]:
        """Return nothing: the format has no clock that could be wrong."""
        return []

    def _take(self, kind: int, body: bytes) -> bool:
        # A whole frame is enough: at night there may be no aircraft, but replies of unknown ones.
        self.is_understood = True
        return self._messages.take(kind, body)


class Beast(TcpSource[BeastSource]):
    """A `Source` of the aircraft that receivers hear; see `TcpSource` for the arguments."""

    def decoder(self) -> BeastDecoder:
        """Return a decoder for one connection."""
        settings = self._settings
        wanted = Wanted(settings.vehicles, settings.non_icao_addresses)
        return BeastDecoder(Sky(self.name, wanted, Losses(), settings.receiver_deg))
