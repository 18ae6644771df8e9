"""A client follows tiles of one class; the world is the tile of class 0."""

from __future__ import annotations

import pytest

from flighttracker_gateway.delivery.following import WORLD, Following, following_of


def test_class_0_and_no_tiles_are_the_world() -> None:
    assert following_of(0, []) == following_of(0, [0]) == following_of(3, []) == WORLD
    assert following_of(3, [5, 4, 5]) == Following(3, frozenset({4, 5}))


@pytest.mark.parametrize(("zoom", "tile", "most"), [(0, 1, 0), (1, 256, 255), (4, 4_194_304, 4_194_303), (1, -1, 255)])
def test_a_tile_of_another_class_is_rejected(zoom: int, tile: int, most: int) -> None:
    with pytest.raises(ValueError, match=f"^tile {tile} is not one of class {zoom}, 0 to {most}$"):
        following_of(zoom, [0, tile])
