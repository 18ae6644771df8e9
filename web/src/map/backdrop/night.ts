// Where it is night: the line between day and night, from the position of the sun. Pure; NightLayer draws it.

const RADIANS = Math.PI / 180;
const DAY_MS = 86_400_000;
/** Noon of 1 January 2000, where the formulas of the sun's position begin. */
const J2000_MS = Date.UTC(2000, 0, 1, 12);
/** Within this angle of the equinox, degrees, the line would be two meridians; it is drawn as if it were this far away. */
const LEAST_DECLINATION_DEG = 0.05;

export interface SunPlace {
  /** Where the sun is overhead, degrees. */
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
}

/** The place where the sun is overhead, to within 0.1° from 1950 to 2050 (low-precision formulas of the Astronomical Almanac). */
export function sunAt(timeMs: number): SunPlace {
  const days = (timeMs - J2000_MS) / DAY_MS;
  const meanLongitude = 280.46 + 0.985_647_4 * days;
  const anomaly = (357.528 + 0.985_600_3 * days) * RADIANS;
  const longitude = (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RADIANS;
  const obliquity = (23.439 - 0.000_000_4 * days) * RADIANS;
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(longitude));
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude));
  const greenwichHours = 18.697_374_558 + 24.065_709_824_419_08 * days;
  return {
    latitudeDeg: declination / RADIANS,
    longitudeDeg: withinHalfTurn(rightAscension / RADIANS - 15 * greenwichHours),
  };
}

/** The latitude, degrees, of the line between day and night at a longitude. */
export function lineLatitudeDeg(sun: SunPlace, longitudeDeg: number): number {
  const declination = Math.max(LEAST_DECLINATION_DEG, Math.abs(sun.latitudeDeg)) * (sun.latitudeDeg < 0 ? -1 : 1);
  const hourAngle = (longitudeDeg - sun.longitudeDeg) * RADIANS;
  return Math.atan(-Math.cos(hourAngle) / Math.tan(declination * RADIANS)) / RADIANS;
}

/** The ring of the night from west to east, as latitude and longitude in degrees; closed over the pole without sun. */
export function nightRing(sun: SunPlace, westDeg: number, eastDeg: number, stepDeg = 2): [number, number][] {
  const pole = sun.latitudeDeg < 0 ? 90 : -90;
  const ring: [number, number][] = [[pole, westDeg]];
  for (let longitude = westDeg; longitude <= eastDeg; longitude += stepDeg) {
    ring.push([lineLatitudeDeg(sun, longitude), longitude]);
  }
  ring.push([pole, eastDeg]);
  return ring;
}

function withinHalfTurn(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
