"""The states that register aircraft: their blocks of 24-bit addresses and the patterns of their registrations.

Pure and read once. The blocks are those of ICAO Annex 10, Volume III, chapter 9. The block of Hong Kong is within that
of China. `fleet` assigns addresses and registrations from here; the readers of real sources look up countries.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Final

from flighttracker_generator.simulation.tables import read_table

TERRITORIES: Final = {
    territory: state
    for state, territories in {
        "AU": "CC CX NF",
        "CN": "MO",
        "DK": "FO GL",
        "FR": "BL GF GP MF MQ NC PF PM RE WF YT",
        "GB": "AI BM FK GG GI IM JE KY MS SH TC VG",
        "NL": "AW BQ CW SX",
        "NZ": "NU",
        "US": "AS GU MP PR UM VI",
    }.items()
    for territory in territories.split()
}
"""The state that registers the aircraft of each territory without its own block."""

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_N_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""US registrations use neither I nor O."""
_N_SUFFIXES: Final = 1 + len(_N_LETTERS) * (1 + len(_N_LETTERS))


@dataclass(frozen=True)
class State:
    """A state that registers aircraft.

    Attributes:
        country: ISO 3166 alpha-2 code.
        name: its name in English.
        first_address: of its block.
        addresses: how many addresses of the block can be assigned, starting with the first.
        last_address: of its block.
        registrations: patterns, `@` a letter and `#` a digit; airliners get the first, light aircraft the last.
    """

    country: str
    name: str
    first_address: int
    addresses: int
    last_address: int
    registrations: tuple[str, ...]


@cache
def states() -> dict[str, State]:
    """Return the states by ISO code, in the order of their addresses."""
    rows = sorted(read_table("states"), key=lambda row: row["first_address"])
    result = {}
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        first, last = int(row["first_address"], 16), int(row["last_address"], 16)
        free_until = min(last, int(following["first_address"], 16) - 1) if following else last
        result[row["country"]] = State(
            row["country"], row["name"], first, free_until - first + 1, last, tuple(row["registration"].split())
        )
    return result


def registering_state(country: str) -> State | None:
    """Return the state that registers the aircraft of a country, or None when there is none."""
    return states().get(TERRITORIES.get(country, country))


def country_of_address(address: int) -> str:
    """Return the name of the state that owns the block of an address; empty if the address is in no block."""
    table, firsts = _by_address()
    # A block within a block starts later, so going back from the nearest start finds the innermost first.
    for state in reversed(table[: bisect_right(firsts, address)][-2:]):
        if address <= state.last_address:
            return state.name
    return ""


@cache
def _by_address() -> tuple[list[State], list[int]]:
    table = list(states().values())
    return table, [state.first_address for state in table]


def registrations_in(pattern: str) -> int:
    """Return how many registrations a pattern allows."""
    return int(26 ** pattern.count("@") * 10 ** pattern.count("#"))


def registration(pattern: str, number: int) -> str:
    """Return the registration with a number in a pattern; numbers start at 0."""
    characters = []
    for character in reversed(pattern):
        if character == "@":
            number, digit = divmod(number, 26)
            characters.append(_LETTERS[digit])
        elif character == "#":
            number, digit = divmod(number, 10)
            characters.append(str(digit))
        else:
            characters.append(character)
    return "".join(reversed(characters))


def us_registration(address: int) -> str:
    """Return the N-number of a US address: the two correspond one to one, from A00001 (N1) to ADF7C7 (N99999)."""
    rest = address - 0xA00001
    text = "N"
    for place, block in enumerate((101_711, 10_111, 951)):
        digit, rest = divmod(rest, block)
        text += str(digit + (place == 0))
        if rest < _N_SUFFIXES:
            return text + _n_suffix(rest)
        rest -= _N_SUFFIXES
    digit, rest = divmod(rest, 35)
    text += str(digit)
    if rest == 0:
        return text
    return text + (_N_LETTERS[rest - 1] if rest <= len(_N_LETTERS) else str(rest - 1 - len(_N_LETTERS)))


def _n_suffix(number: int) -> str:
    if number == 0:
        return ""
    first, second = divmod(number - 1, 1 + len(_N_LETTERS))
    return _N_LETTERS[first] + (_N_LETTERS[second - 1] if second else "")


US_REGISTRATIONS: Final = 915_399
"""How many N-numbers there are."""
