// The places of aircraft in the hours before a moment, from the history's frames: each aircraft of an area every five minutes. The
// newest hour is asked for first, one after another, so a viewer sees more and more, and a question can be given up. Hours that
// were loaded are kept.
import { COLUMN, DEGREES_PER_POSITION_UNIT, decodePayload, type Frame, inflatePayload } from "@flighttracker/client";
import { mercatorX, mercatorY } from "@/flights/mercator";
import { type Area, bboxOf } from "@/flights/past/area";
import type { History } from "@/flights/past/history";
import { loadFrames } from "@/flights/past/loadMoments";
import type { Access } from "@/flights/past/pastMessages";

export const HOURS = 24;
const HOUR_MS = 3_600_000;
/** The longest step of the API. */
const STEP_MS = 300_000;
/** Of all hours that are shown; older ones are left out. */
const MOST_PLACES = 600_000;
const MOST_KEPT = 4 * HOURS;

/** Mercator fractions: x and y of each place. */
export type Places = Float32Array;

export class HeatPlaces {
  /** By area and hour; in the order in which they were used. */
  private readonly kept = new Map<string, Places>();

  constructor(private readonly access: () => Access) {}

  /** Call `loaded` with each hour, the newest first. Throws what `loadFrames` throws. */
  async load(
    area: Area,
    history: History,
    untilMs: number,
    signal: AbortSignal,
    loaded: (places: Places) => void,
  ): Promise<void> {
    let count = 0;
    for (const { fromMs, toMs } of hoursBefore(untilMs, history)) {
      const isWhole = toMs - fromMs === HOUR_MS;
      const key = `${bboxOf(area)} ${fromMs}`;
      const places = this.kept.get(key) ?? (await this.hour(area, fromMs, toMs, signal));
      if (signal.aborted) return;
      this.kept.delete(key);
      // The history still grows at its end.
      if (isWhole) this.kept.set(key, places);
      if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value as string);
      count += places.length / 2;
      if (count > MOST_PLACES) return;
      loaded(places);
    }
  }

  private async hour(area: Area, fromMs: number, toMs: number, signal: AbortSignal): Promise<Places> {
    const parts: Places[] = [];
    const steps = { fromMs, toMs, stepMs: STEP_MS, area };
    await loadFrames(this.access(), steps, signal, async (frame) => {
      parts.push(await placesOf(frame));
    });
    const places = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      places.set(part, at);
      at += part.length;
    }
    return places;
  }
}

/** The hours before a moment of which something is kept, the newest first. */
export function hoursBefore(
  untilMs: number,
  history: Pick<History, "fromMs" | "toMs">,
): { readonly fromMs: number; readonly toMs: number }[] {
  const endMs = Math.min(untilMs, history.toMs);
  const newestMs = Math.floor((endMs - 1) / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, hour) => newestMs - hour * HOUR_MS)
    .map((fromMs) => ({ fromMs, toMs: Math.min(fromMs + HOUR_MS, stepsUntil(fromMs, endMs)) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs && toMs > history.fromMs);
}

/** The end of the whole steps from an hour's beginning to a moment. */
function stepsUntil(fromMs: number, endMs: number): number {
  return fromMs + Math.ceil((endMs - fromMs) / STEP_MS) * STEP_MS;
}

async function placesOf(frame: Frame): Promise<Places> {
  const { additions } = decodePayload(frame.header, await inflatePayload(frame));
  const latitudes = additions.dynamic[COLUMN.latitude] as Int32Array;
  const longitudes = additions.dynamic[COLUMN.longitude] as Int32Array;
  const places = new Float32Array(2 * latitudes.length);
  for (let i = 0; i < latitudes.length; i++) {
    places[2 * i] = mercatorX((longitudes[i] as number) * DEGREES_PER_POSITION_UNIT);
    places[2 * i + 1] = mercatorY((latitudes[i] as number) * DEGREES_PER_POSITION_UNIT);
  }
  return places;
}
