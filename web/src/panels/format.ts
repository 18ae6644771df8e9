// Numbers as people in aviation read them. What is unknown is a dash. One place, so that units and languages can follow.

const INTEGER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
export const UNKNOWN = "–";
/** Above the transition altitude, heights are flight levels: hundreds of feet. */
const TRANSITION_ALTITUDE_FT = 18_000;

export function formatCount(count: number): string {
  return INTEGER.format(count);
}

export function formatAltitude(altitudeFt: number | null): string {
  return altitudeFt === null ? UNKNOWN : `${INTEGER.format(altitudeFt)} ft`;
}

export function formatFlightLevel(altitudeFt: number | null): string {
  if (altitudeFt === null || altitudeFt < TRANSITION_ALTITUDE_FT) return "";
  return `FL${String(Math.round(altitudeFt / 100)).padStart(3, "0")}`;
}

export function formatSpeed(speedKt: number | null): string {
  return speedKt === null ? UNKNOWN : `${INTEGER.format(speedKt)} kt`;
}

export function formatTrack(trackDeg: number | null): string {
  if (trackDeg === null) return UNKNOWN;
  return `${String(Math.round(trackDeg) % 360).padStart(3, "0")}°`;
}

export function formatVerticalRate(rateFpm: number | null): string {
  if (rateFpm === null) return UNKNOWN;
  return `${rateFpm > 0 ? "+" : ""}${INTEGER.format(rateFpm).replace("-", "−")} ft/min`;
}

export function formatLatitude(latitudeDeg: number): string {
  return `${Math.abs(latitudeDeg).toFixed(4)}° ${latitudeDeg < 0 ? "S" : "N"}`;
}

export function formatLongitude(longitudeDeg: number): string {
  return `${Math.abs(longitudeDeg).toFixed(4)}° ${longitudeDeg < 0 ? "W" : "E"}`;
}

export function formatBytesPerSecond(bytesPerSecond: number): string {
  return bytesPerSecond < 1000
    ? `${INTEGER.format(bytesPerSecond)} B/s`
    : bytesPerSecond < 1_000_000
      ? `${(bytesPerSecond / 1000).toFixed(1)} kB/s`
      : `${(bytesPerSecond / 1_000_000).toFixed(2)} MB/s`;
}

/** How long ago, in the largest unit that says enough. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A status or other word of the data, as a heading. */
export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
