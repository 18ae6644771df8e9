"""`Gateway`: creates and connects the parts of one gateway; `run`, the routes and the tests use it.

The constructor does no I/O and starts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from flighttracker.bus.base import Bus
from flighttracker.clock import Clock
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.auth import Auth
from flighttracker_gateway.access.client_log import ErrorGroups
from flighttracker_gateway.access.client_shares import ClientShares
from flighttracker_gateway.delivery.answer_cache import Answers
from flighttracker_gateway.delivery.answer_leases import AnswerLeases
from flighttracker_gateway.delivery.event_streams import EventStreams
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.delivery.presence import Presence
from flighttracker_gateway.feed.feed import Feed
from flighttracker_gateway.feed.relay import Relay
from flighttracker_gateway.feed.source_states import SourceStates
from flighttracker_gateway.garbage import GarbageCollection
from flighttracker_gateway.history_client import HistoryClient
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.aircraft_names import Names
from flighttracker_gateway.picture.picture import Picture
from flighttracker_gateway.picture.staleness import Staleness
from flighttracker_gateway.picture.tracks import Tracks
from flighttracker_gateway.server_usage import ServerUsageReader
from flighttracker_gateway.websocket.admission import Admission
from flighttracker_gateway.websocket.connection import Gate

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing


class Gateway:
    """The parts of one gateway.

    Attributes:
        picture: the state of every shard.
        names: who the aircraft are.
        tracks: the recent positions of every aircraft.
        answers: the answers of the HTTP interface that are the same for every client.
        leases: the answers that are being sent.
        hub: sends ticks to the viewers.
        events: sends server-sent events to clients without WebSockets.
        auth: checks tokens and permissions.
        shares: limits the handshakes and requests of each client.
        admission: limits connections.
        gate: the handler of `/ws`.
        relay: applies frames from the bus to the picture, and passes them to the hub.
        feed: keeps the picture up to date, sharing frames with other gateways or alone.
        history: asks the tracker's historian.
        sources: the states of the tracker's sources.
        presence: counts viewers.
        staleness: finds stale shards.
        errors: groups and counts unexpected errors.
        tracing: records requests and positions; None without tracing.
        waiting_for: returns what the first aircraft waits for; empty when there is one or none is required.
        garbage: prevents long pauses by the garbage collector.
        server_usage: reads disk and memory of Kafka and Redis.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        bus: Bus,
        clock: Clock,
        registry: CollectorRegistry,
        schemas: SchemaRegistry | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self.settings = settings
        self.waiting_for: Callable[[], str] = str
        self.clock = clock
        self.tracing = tracing
        self.metrics = GatewayMetrics(registry)
        self.errors = ErrorGroups(clock, self.metrics)
        self.auth = Auth(settings.auth, bus.sessions, clock, self.metrics)
        self.picture = Picture()
        self.names = Names(self.picture)
        self.tracks = Tracks(self.picture, clock)
        self.answers = Answers(clock, settings.tick_s)
        self.leases = AnswerLeases()
        stale_after_silence_ms = round(settings.stale_after_silence_s * 1000)
        self.staleness = Staleness(self.picture, settings.stale_after_ticks, stale_after_silence_ms, clock)
        self.hub = Hub(self.picture, settings.limits, clock, self.metrics, tick_s=settings.tick_s)
        self.events = EventStreams(self.picture, settings.limits, clock, self.metrics)
        self.hub.on_tick = self.events.tick
        self.shares = ClientShares(settings.limits, clock, settings.trusted_proxies)
        self.admission = Admission(settings, self.shares, clock, self.metrics)
        self.garbage = GarbageCollection(self.admission, clock)
        self.gate = Gate(
            settings,
            shards=bus.positions.shards,
            hub=self.hub,
            auth=self.auth,
            admission=self.admission,
            clock=clock,
            metrics=self.metrics,
        )
        self.relay = Relay(
            settings,
            bus,
            picture=self.picture,
            staleness=self.staleness,
            hub=self.hub,
            clock=clock,
            metrics=self.metrics,
        )
        self.feed = Feed(
            settings,
            bus,
            schemas,
            picture=self.picture,
            relay=self.relay,
            clock=clock,
            metrics=self.metrics,
            tracing=tracing,
        )
        self.history = HistoryClient(settings.history_url, clock)
        self.sources = SourceStates(settings.sources, bus.sources, clock)
        self.presence = Presence(bus.sessions, self.hub, self.events, self.staleness, clock, self.metrics)
        self.server_usage = ServerUsageReader(bus.usage, clock, self.metrics)
        # Computed at each scrape, so they are correct even without ticks.
        self.metrics.aircraft.set_function(lambda: self.picture.aircraft)
        self.metrics.viewers.set_function(lambda: self.presence.viewers)
