// Counts over all aircraft and over those that pass the filters, once a second in the worker (about 1 ms for 20,000).
import { COLUMN, COLUMN_COUNT, ON_GROUND_BIT, STATUS_MASK, STATUSES, type Status } from "./columns";
import type { FlightRows } from "./flightRows";

export const ALTITUDE_STEP_FT = 5_000;
export const ALTITUDE_BINS = 10;
export const SPEED_STEP_KT = 50;
export const SPEED_BINS = 12;

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

export interface Statistics {
  readonly total: number;
  /** Those that pass the filters. Everything below counts only these. */
  readonly shown: number;
  readonly airborne: number;
  readonly onGround: number;
  readonly emergencies: number;
  readonly byStatus: readonly { readonly status: Status; readonly count: number }[];
  /** Most frequent first. */
  readonly byCountry: readonly NamedCount[];
  /** Every country of any aircraft, by name, with how many it has: what a person can choose from. */
  readonly countries: readonly NamedCount[];
  /** Airborne aircraft by altitude; the last bin has all above. */
  readonly altitudeBins: readonly number[];
  readonly speedBins: readonly number[];
}

export function countRows(rows: FlightRows): Statistics {
  const statuses = new Array<number>(STATUSES.length).fill(0);
  const altitudeBins = new Array<number>(ALTITUDE_BINS).fill(0);
  const speedBins = new Array<number>(SPEED_BINS).fill(0);
  const countriesOfAll = new Map<string, number>();
  const countriesShown = new Map<string, number>();
  let total = 0;
  let shown = 0;
  let onGround = 0;
  let emergencies = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.present[row] !== 1) continue;
    total++;
    const country = rows.nameOf(row, "originCountry");
    countriesOfAll.set(country, (countriesOfAll.get(country) ?? 0) + 1);
    if (rows.shown[row] !== 1) continue;
    shown++;
    countriesShown.set(country, (countriesShown.get(country) ?? 0) + 1);
    const status = rows.dynamic[row * COLUMN_COUNT + COLUMN.status] as number;
    const number = (status & STATUS_MASK) < STATUSES.length ? status & STATUS_MASK : 0;
    statuses[number] = (statuses[number] as number) + 1;
    if (rows.isEmergency(row)) emergencies++;
    if ((status & ON_GROUND_BIT) !== 0) onGround++;
    else {
      countInBin(altitudeBins, rows.altitudeFt(row), ALTITUDE_STEP_FT);
      countInBin(speedBins, rows.groundSpeedKt(row), SPEED_STEP_KT);
    }
  }
  return {
    total,
    shown,
    airborne: shown - onGround,
    onGround,
    emergencies,
    byStatus: STATUSES.map((status, i) => ({ status, count: statuses[i] as number })),
    byCountry: namedCounts(countriesShown).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    countries: namedCounts(countriesOfAll).sort((a, b) => (a.name < b.name ? -1 : 1)),
    altitudeBins,
    speedBins,
  };
}

function countInBin(bins: number[], value: number | null, step: number): void {
  if (value === null) return;
  const bin = Math.max(0, Math.min(bins.length - 1, Math.floor(value / step)));
  bins[bin] = (bins[bin] as number) + 1;
}

function namedCounts(counts: ReadonlyMap<string, number>): NamedCount[] {
  return [...counts].filter(([name]) => name !== "").map(([name, count]) => ({ name, count }));
}
