// Great circles: the shortest path between two places on a sphere, which long flights follow roughly. Pure.
// Angles in degrees, distances in metres.

export const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

export interface LatLon {
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
}

type Vector = readonly [number, number, number];

/** Metres between two places over the ground. */
export function distanceM(from: LatLon, to: LatLon): number {
  return angleRad(vectorOf(from), vectorOf(to)) * EARTH_RADIUS_M;
}

/** The direction in which the shortest path begins, degrees clockwise from north, from 0 to 360. */
export function bearingDeg(from: LatLon, to: LatLon): number {
  const [a, b] = [from.latitudeDeg * RADIANS, to.latitudeDeg * RADIANS];
  const east = (to.longitudeDeg - from.longitudeDeg) * RADIANS;
  const y = Math.sin(east) * Math.cos(b);
  const x = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(east);
  return (Math.atan2(y, x) / RADIANS + 360) % 360;
}

/** The place at a distance from another, in a direction clockwise from true north. Its longitude is near that of `from`. */
export function destination(from: LatLon, bearingDeg: number, metres: number): LatLon {
  const angle = metres / EARTH_RADIUS_M;
  const latitude = from.latitudeDeg * RADIANS;
  const bearing = bearingDeg * RADIANS;
  const sine = Math.sin(latitude) * Math.cos(angle) + Math.cos(latitude) * Math.sin(angle) * Math.cos(bearing);
  const east = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(latitude),
    Math.cos(angle) - Math.sin(latitude) * sine,
  );
  return { latitudeDeg: Math.asin(sine) / RADIANS, longitudeDeg: from.longitudeDeg + east / RADIANS };
}

/**
 * Places along the shortest path, both ends included, at most `stepDeg` apart. Longitudes continue across the 180th
 * meridian instead of jumping. Opposite places have many shortest paths: the result is one of them.
 */
export function greatCircle(from: LatLon, to: LatLon, stepDeg = 1): LatLon[] {
  const a = vectorOf(from);
  const b = vectorOf(to);
  const angle = angleRad(a, b);
  const steps = Math.max(1, Math.ceil(angle / RADIANS / stepDeg));
  const sine = Math.sin(angle);
  const places: LatLon[] = [from];
  let longitudeDeg = from.longitudeDeg;
  for (let i = 1; i <= steps; i++) {
    const share = i / steps;
    const weightA = sine < 1e-12 ? 1 - share : Math.sin((1 - share) * angle) / sine;
    const weightB = sine < 1e-12 ? share : Math.sin(share * angle) / sine;
    const [x, y, z] = [0, 1, 2].map((n) => weightA * (a[n] as number) + weightB * (b[n] as number)) as [
      number,
      number,
      number,
    ];
    const next = i === steps ? to.longitudeDeg : Math.atan2(y, x) / RADIANS;
    longitudeDeg = next + 360 * Math.round((longitudeDeg - next) / 360);
    const latitudeDeg = i === steps ? to.latitudeDeg : Math.atan2(z, Math.hypot(x, y)) / RADIANS;
    places.push({ latitudeDeg, longitudeDeg });
  }
  return places;
}

function vectorOf({ latitudeDeg, longitudeDeg }: LatLon): Vector {
  const latitude = latitudeDeg * RADIANS;
  const longitude = longitudeDeg * RADIANS;
  return [Math.cos(latitude) * Math.cos(longitude), Math.cos(latitude) * Math.sin(longitude), Math.sin(latitude)];
}

function angleRad([ax, ay, az]: Vector, [bx, by, bz]: Vector): number {
  const crossed = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return Math.atan2(crossed, ax * bx + ay * by + az * bz);
}
