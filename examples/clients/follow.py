"""Print the aircraft of a tracker as they move.

python follow.py http://localhost:8000                      the whole world
python follow.py http://localhost:8000 --box 5.5 47 15.5 55    west, south, east, north in degrees
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from flighttracker.client import Client, ClientError


async def follow(url: str, box: tuple[float, float, float, float] | None, updates: int) -> None:
    """Print a line for each of so many updates, and what was missed in between."""
    async with Client(url, token=os.environ.get("FLIGHTTRACKER_TOKEN", ""), box=box) as client:
        async for update in client:
            if update.lost:
                print(f"disconnected: {update.lost}")
                continue
            if update.gap is not None:
                print(f"missed {(update.gap.until_ms - update.gap.since_ms) / 1000:g} s")
            in_the_air = [flight for flight in client.flights.values() if not flight.on_ground]
            highest = max(in_the_air, key=lambda flight: flight.baro_altitude_m or 0, default=None)
            name = (highest.callsign or highest.icao24) if highest is not None else "nobody"
            print(f"{client.tracker}: {len(client.flights)} aircraft, {len(update.changed)} moved, {name} is highest")
            updates -= 1
            if updates == 0:
                return


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Print the aircraft of a tracker as they move.")
    parser.add_argument("url", help="where the page is: http://localhost:8000")
    parser.add_argument("--box", type=float, nargs=4, metavar=("WEST", "SOUTH", "EAST", "NORTH"))
    parser.add_argument("--updates", type=int, default=-1, help="end after so many; without it, Ctrl-C ends")
    options = parser.parse_args()
    try:
        asyncio.run(follow(options.url, tuple(options.box) if options.box else None, options.updates))
    except ClientError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
