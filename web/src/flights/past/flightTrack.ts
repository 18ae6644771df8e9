// The track of one flight: the gateway's last half hour, and what the history keeps of the same flight.
// Loaded when an aircraft is selected.
import { loadTrack, type TrackPoint, trailOf } from "../track";
import { flightOf } from "./flightOf";
import type { Access } from "./pastMessages";

/** No flight is longer. */
const LONGEST_FLIGHT_MS = 20 * 3_600_000;

export interface LoadedTrack {
  /** Oldest first. */
  readonly points: readonly TrackPoint[];
  /** The same as a trail. */
  readonly trail: Float64Array;
}

/** The files of the history end some minutes ago, so the gateway's half hour continues them. */
export async function presentFlight(
  access: Access,
  icao24: number,
  hasHistory: boolean,
  signal: AbortSignal,
): Promise<LoadedTrack> {
  const recent = await loadTrack(access, icao24, null, signal);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!hasHistory || first === undefined || last === undefined) return withTrail(recent);
  const period = { fromMs: last.timeMs - LONGEST_FLIGHT_MS, toMs: last.timeMs };
  const kept = await loadTrack(access, icao24, period, signal);
  return withTrail(flightOf([...kept.filter(({ timeMs }) => timeMs < first.timeMs), ...recent], last.timeMs));
}

/** The flight of a moment of the past. */
export async function flightAt(
  access: Access,
  icao24: number,
  atMs: number,
  signal: AbortSignal,
): Promise<LoadedTrack> {
  const period = { fromMs: atMs - LONGEST_FLIGHT_MS, toMs: atMs + LONGEST_FLIGHT_MS };
  return withTrail(flightOf(await loadTrack(access, icao24, period, signal), atMs));
}

function withTrail(points: readonly TrackPoint[]): LoadedTrack {
  return { points, trail: trailOf(points) };
}
