"""The path of a flight over the ground: taxiway, runway, turn, great circle, turn, runway, taxiway.

Pure and vectorised; one row is one flight. Each of the seven segments is part of a circle on the sphere, great or
small, and is kept as three vectors and a rate: the point at `s` metres from its start is
`centre + cosine * cos(rate s) + sine * sin(rate s)`. So a position is a closed formula of the distance flown, smooth
and without accumulated error. Segments join exactly, and in the air also in direction (to about a millionth of a
degree). `legs` makes paths when flights begin, `traffic` evaluates them at each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from flighttracker_generator.simulation.arrays import Floats, Ints

EARTH_RADIUS_M: Final = 6_371_008.8
SEGMENTS: Final = 7
TAXI_OUT, DEPARTURE, FIRST_TURN, EN_ROUTE, LAST_TURN, FINAL, TAXI_IN = range(SEGMENTS)

_LINE_UP_M: Final = 300.0
"""From the runway's end to where the take-off roll begins, beyond half the roll on either side of the middle."""
_ROUNDS: Final = 5
"""Each turn ends in the direction of the other turn's end; after this many iterations both agree."""


def unit_vectors(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Return points on the unit sphere, shape (n, 3)."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    cosine = np.cos(latitude)
    return np.stack([cosine * np.cos(longitude), cosine * np.sin(longitude), np.sin(latitude)], axis=-1)


def distance_m(start: Floats, end: Floats) -> Floats:
    """Return great-circle distances between unit vectors, metres."""
    difference = start - end
    # By the chord: the arc cosine of a scalar product loses digits when points are close.
    half_chord = np.sqrt(np.einsum("...i,...i", difference, difference)) / 2.0
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(half_chord, 1.0)))


def direction(point: Floats, bearing_deg: Floats) -> Floats:
    """Return the unit tangent at `point` that points to `bearing_deg`."""
    east = _unit(np.stack([-point[:, 1], point[:, 0], np.zeros(len(point))], axis=-1))
    north = np.cross(point, east)
    bearing = np.radians(bearing_deg)[:, None]
    return np.asarray(np.cos(bearing) * north + np.sin(bearing) * east)


def bearing_deg(point: Floats, towards: Floats) -> Floats:
    """Return the bearing of the tangent `towards` at `point`, 0 to 360 degrees; its length does not matter."""
    x, y = point[:, 0], point[:, 1]
    # East and north are both scaled by the cosine of the latitude, which cancels.
    east = x * towards[:, 1] - y * towards[:, 0]
    north = towards[:, 2] * (x * x + y * y) - point[:, 2] * (x * towards[:, 0] + y * towards[:, 1])
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0)


def tangent_to(start: Floats, end: Floats) -> Floats:
    """Return the unit tangent at `start` of the great circle to `end`."""
    return _unit(end - np.sum(start * end, axis=-1, keepdims=True) * start)


def move(point: Floats, heading: Floats, metres: Floats) -> tuple[Floats, Floats]:
    """Follow a great circle; return the end point and the direction at that point."""
    angle = (metres / EARTH_RADIUS_M)[:, None]
    return np.cos(angle) * point + np.sin(angle) * heading, np.cos(angle) * heading - np.sin(angle) * point


@dataclass(frozen=True)
class RouteEnd:
    """One end of a flight.

    Attributes:
        airport: the runway's middle, unit vector, shape (n, 3).
        runway_deg: direction of the runway; flights use the end that suits their course.
        gate_side_m: where the aircraft parks: metres to the right of the runway's middle,
        gate_along_m: and metres along the runway's direction.
        roll_m: length of the take-off roll, or of the roll after landing.
        straight_m: flown straight on after take-off, or before the landing.
    """

    airport: Floats
    runway_deg: Floats
    gate_side_m: Floats
    gate_along_m: Floats
    roll_m: Floats
    straight_m: Floats

    def gate(self) -> Floats:
        """Return the parking position."""
        point, heading = move(self.airport, direction(self.airport, self.runway_deg), self.gate_along_m)
        return move(point, np.cross(heading, point), self.gate_side_m)[0]

    def line(self, towards: Floats) -> tuple[Floats, Floats, Floats]:
        """Return where the roll begins, the direction of the runway that leads `towards`, and the straight's length."""
        axis = direction(self.airport, self.runway_deg)
        axis = axis * np.where(np.sum(axis * towards, axis=-1) >= 0.0, 1.0, -1.0)[:, None]
        start, backward = move(self.airport, -axis, self.roll_m / 2.0 + _LINE_UP_M)
        return start, -backward, self.roll_m + self.straight_m


@dataclass
class Paths:
    """The paths of many flights; see the module.

    Attributes:
        start_m: where each segment begins and the last ends, metres from the gate, shape (n, 8).
        centre: shape (n, 7, 3).
        cosine: shape (n, 7, 3).
        sine: shape (n, 7, 3).
        rate: radians a metre, shape (n, 7).
    """

    start_m: Floats
    centre: Floats
    cosine: Floats
    sine: Floats
    rate: Floats

    @classmethod
    def empty(cls, flights: int) -> Paths:
        """Return arrays for this many flights."""
        vectors = (flights, SEGMENTS, 3)
        return cls(
            np.zeros((flights, SEGMENTS + 1)),
            np.zeros(vectors),
            np.zeros(vectors),
            np.zeros(vectors),
            np.zeros((flights, SEGMENTS)),
        )

    def put(self, rows: Ints, paths: Paths) -> None:
        """Replace the paths of some flights."""
        self.start_m[rows] = paths.start_m
        self.centre[rows] = paths.centre
        self.cosine[rows] = paths.cosine
        self.sine[rows] = paths.sine
        self.rate[rows] = paths.rate

    def at(self, rows: Ints, flown_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return latitude, longitude and track, degrees, of some flights after `flown_m` metres."""
        starts = self.start_m[rows]
        segment = np.sum(flown_m[:, None] >= starts[:, 1:SEGMENTS], axis=1)
        angle = self.rate[rows, segment] * (flown_m - np.take_along_axis(starts, segment[:, None], axis=1)[:, 0])
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        cosine, sine = self.cosine[rows, segment], self.sine[rows, segment]
        point = self.centre[rows, segment] + cosine * cos + sine * sin
        latitude_deg = np.degrees(np.arctan2(point[:, 2], np.hypot(point[:, 0], point[:, 1])))
        longitude_deg = np.degrees(np.arctan2(point[:, 1], point[:, 0]))
        return latitude_deg, longitude_deg, bearing_deg(point, sine * cos - cosine * sin)


def paths_between(origin: RouteEnd, destination: RouteEnd, turn_radius_m: Floats) -> Paths:
    """Return the path of each flight from gate to gate.

    Args:
        origin: the end at the airport of departure.
        destination: the end at the airport of arrival.
        turn_radius_m: of the turns after take-off and before landing; the airports must be several radii apart.
    """
    out_point, out_heading, out_m = origin.line(tangent_to(origin.airport, destination.airport))
    # The arrival is computed backwards: from the end of the landing roll, against the direction of flight.
    in_point, in_heading, in_m = destination.line(tangent_to(destination.airport, origin.airport))
    out_turn = _Turn.after(out_point, out_heading, out_m, turn_radius_m)
    in_turn = _Turn.after(in_point, in_heading, in_m, turn_radius_m)
    out_end, in_end = out_turn.start, in_turn.start
    for _ in range(_ROUNDS):
        out_end = out_turn.towards(in_end)
        in_end = in_turn.towards(out_end)
    out_end = out_turn.towards(in_end)

    gate_out, gate_in = origin.gate(), destination.gate()
    segments = [
        _great_circle(gate_out, tangent_to(gate_out, out_point), distance_m(gate_out, out_point)),
        _great_circle(out_point, out_heading, out_m),
        out_turn.arc(),
        _great_circle(out_end, tangent_to(out_end, in_end), distance_m(out_end, in_end)),
        _reversed(in_turn.arc()),
        _reversed(_great_circle(in_point, in_heading, in_m)),
        _great_circle(in_point, tangent_to(in_point, gate_in), distance_m(in_point, gate_in)),
    ]
    lengths_m = np.stack([segment.length_m for segment in segments], axis=1)
    return Paths(
        start_m=np.concatenate([np.zeros((len(lengths_m), 1)), np.cumsum(lengths_m, axis=1)], axis=1),
        centre=np.stack([segment.centre for segment in segments], axis=1),
        cosine=np.stack([segment.cosine for segment in segments], axis=1),
        sine=np.stack([segment.sine for segment in segments], axis=1),
        rate=np.stack([segment.rate for segment in segments], axis=1),
    )


@dataclass(frozen=True)
class _Arc:
    length_m: Floats
    centre: Floats
    cosine: Floats
    sine: Floats
    rate: Floats


@dataclass
class _Turn:
    """A turn to the side on which the target lies, until the target is straight ahead."""

    start: Floats
    heading: Floats
    radius: Floats
    angle: Floats
    centre: Floats
    outward: Floats

    @classmethod
    def after(cls, point: Floats, heading: Floats, straight_m: Floats, radius_m: Floats) -> _Turn:
        start, heading = move(point, heading, straight_m)
        radius = (radius_m / EARTH_RADIUS_M)[:, None]
        return cls(start, heading, radius, np.zeros(len(start)), start, start)

    def towards(self, target: Floats) -> Floats:
        """Turn towards `target` and return where the turn ends."""
        right = np.cross(self.heading, self.start)
        side = np.where(np.sum(right * target, axis=-1) >= 0.0, 1.0, -1.0)[:, None]
        self.centre = np.cos(self.radius) * self.start + np.sin(self.radius) * side * right
        self.outward = _unit(self.start - np.cos(self.radius) * self.centre)
        end = self._end()
        for _ in range(_ROUNDS):
            ahead = np.cos(self.angle)[:, None] * self.heading - np.sin(self.angle)[:, None] * self.outward
            wanted = tangent_to(end, target)
            still = np.arctan2(
                np.sum(np.cross(ahead, end) * wanted, axis=-1) * side[:, 0], np.sum(ahead * wanted, axis=-1)
            )
            self.angle = np.clip(self.angle + still, 0.0, 1.5 * np.pi)
            end = self._end()
        return end

    def _end(self) -> Floats:
        around = np.cos(self.angle)[:, None] * self.outward + np.sin(self.angle)[:, None] * self.heading
        return np.asarray(np.cos(self.radius) * self.centre + np.sin(self.radius) * around)

    def arc(self) -> _Arc:
        sine = np.sin(self.radius)
        reach_m = EARTH_RADIUS_M * sine[:, 0]
        return _Arc(
            self.angle * reach_m,
            np.cos(self.radius) * self.centre,
            sine * self.outward,
            sine * self.heading,
            1.0 / reach_m,
        )


def _great_circle(start: Floats, heading: Floats, length_m: Floats) -> _Arc:
    return _Arc(length_m, np.zeros_like(start), start, heading, np.full(len(start), 1.0 / EARTH_RADIUS_M))


def _reversed(arc: _Arc) -> _Arc:
    """Return the same path, flown from its end to its start."""
    angle = arc.rate * arc.length_m
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return _Arc(
        arc.length_m, arc.centre, cos * arc.cosine + sin * arc.sine, sin * arc.cosine - cos * arc.sine, arc.rate
    )


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
