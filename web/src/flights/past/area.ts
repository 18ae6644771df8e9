// The part of the world that moments are loaded of while a person looks closely: the view with room around it. Pure.
// Degrees; west is greater than east across the 180th meridian.
export interface Area {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Of a wider view the whole world is loaded. */
const WIDEST_DEG = 20;
/** An area this many times as wide as the view is left for a smaller one. */
const TOO_WIDE = 6;

/** The area for a view: the present one while it has the view, else one of twice its width; null for the world. */
export function areaFor(view: Area | null, present: Area | null): Area | null {
  if (view === null) return present;
  const width = widthOf(view);
  const height = view.north - view.south;
  if (width > WIDEST_DEG) return null;
  if (present !== null && widthOf(present) <= TOO_WIDE * width && has(present, view)) return present;
  return {
    west: wrapped(view.west - width / 2),
    south: Math.max(-90, view.south - height / 2),
    east: wrapped(view.east + width / 2),
    north: Math.min(90, view.north + height / 2),
  };
}

export function isInArea(area: Area, latitudeDeg: number, longitudeDeg: number): boolean {
  if (latitudeDeg < area.south || latitudeDeg > area.north) return false;
  return eastOf(area.west, longitudeDeg) <= widthOf(area);
}

/** The parameter `bbox` of the API. */
export function bboxOf({ west, south, east, north }: Area): string {
  return [west, south, east, north].map((degrees) => degrees.toFixed(4)).join(",");
}

export function isSameArea(a: Area | null, b: Area | null): boolean {
  return a === b || (a !== null && b !== null && bboxOf(a) === bboxOf(b));
}

function has(outer: Area, inner: Area): boolean {
  const from = eastOf(outer.west, inner.west);
  return inner.south >= outer.south && inner.north <= outer.north && from + widthOf(inner) <= widthOf(outer);
}

function widthOf({ west, east }: Area): number {
  return eastOf(west, east);
}

/** Degrees from a meridian eastwards to another, 0 to 360. */
function eastOf(from: number, to: number): number {
  return (((to - from) % 360) + 360) % 360;
}

function wrapped(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
