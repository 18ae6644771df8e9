from __future__ import annotations

import numpy as np
import pytest

from flighttracker_historian.files.motion import EARTH_RADIUS_M, distance_m, predict

KEPT = np.array([0.0]), np.array([0.0])


def sphere(latitude: float, longitude: float, bearing: float, distance: float) -> tuple[float, float]:
    """The exact end of a great circle."""
    phi, angle, theta = np.radians(latitude), distance / EARTH_RADIUS_M, np.radians(bearing)
    end = np.arcsin(np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(theta))
    east = np.arctan2(np.sin(theta) * np.sin(angle) * np.cos(phi), np.cos(angle) - np.sin(phi) * np.sin(end))
    return float(np.degrees(end)), (longitude + float(np.degrees(east)) + 180) % 360 - 180


@pytest.mark.parametrize("latitude", [-70.0, -33.0, 0.0, 51.0, 75.0])
@pytest.mark.parametrize("track", [0.0, 45.0, 90.0, 200.0, 300.0])
def test_a_minute_of_flight_is_predicted_within_two_metres(latitude: float, track: float) -> None:
    one = [np.array([value]) for value in (latitude, 179.95, 260.0, track, 60.0)]
    found = predict(*one)
    exact = [np.array([value]) for value in sphere(latitude, 179.95, track, 260.0 * 60)]
    assert distance_m(*found, *exact)[0] < 2.0


@pytest.mark.parametrize(("speed", "track"), [(np.nan, 90.0), (250.0, np.nan), (0.0, 90.0)])
def test_without_speed_or_track_it_stays(speed: float, track: float) -> None:
    found = predict(*KEPT, np.array([speed]), np.array([track]), np.array([60.0]))
    assert (found[0][0], found[1][0]) == (0.0, 0.0)


def test_distances_cross_the_antimeridian() -> None:
    found = distance_m(np.array([0.0]), np.array([179.9995]), np.array([0.0]), np.array([-179.9995]))
    assert found[0] == pytest.approx(111.2, abs=0.1)
