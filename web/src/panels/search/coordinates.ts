// Reads coordinates as people write them: "48.35, 11.78", "48.35N 11.78E", "N48 21.2 E011 47.1", "48°21'14\"N 11°47'10\"E". Pure.
import type { LatLon } from "@/flights/greatCircle";

const NUMBERS = /\d+(?:\.\d+)?/g;

/** Null if the text is not two coordinates within their bounds; latitude first. */
export function coordinatesOf(text: string): LatLon | null {
  const plain = text
    .trim()
    .toUpperCase()
    .replaceAll("−", "-")
    .replaceAll(/[º°'’′"”″]+/g, " ");
  if (!/^[\dNSEW\s.,;+-]+$/.test(plain)) return null;
  const halves = halvesOf(plain);
  if (halves === null) return null;
  const latitudeDeg = degreesOf(halves[0], "N", "S", 90);
  const longitudeDeg = degreesOf(halves[1], "E", "W", 180);
  return latitudeDeg === null || longitudeDeg === null ? null : { latitudeDeg, longitudeDeg };
}

function halvesOf(text: string): readonly [string, string] | null {
  const lettered =
    /^([NS][^NSEW]+)[,;\s]*([EW][^NSEW]+)$/.exec(text) ?? /^([^NSEW]+[NS])[,;\s]*([^NSEW]+[EW])$/.exec(text);
  if (lettered !== null) return [lettered[1] as string, lettered[2] as string];
  if (/[NSEW]/.test(text)) return null;
  const halves = text.split(/\s*[,;]\s*|\s+/).filter((half) => half !== "");
  // Without letters only decimal degrees are clear, and two whole numbers may be anything.
  if (halves.length !== 2 || !/[.,;]/.test(text)) return null;
  return [halves[0] as string, halves[1] as string];
}

function degreesOf(text: string, positive: string, negative: string, most: number): number | null {
  const rest = text.replace(positive, "").replace(negative, "").replaceAll(/[,;]/g, " ").trim();
  if (!/^[+-]?[\d.\s]+$/.test(rest)) return null;
  const [degrees, minutes = 0, seconds = 0, ...more] = (rest.match(NUMBERS) ?? []).map(Number);
  if (degrees === undefined || more.length > 0 || minutes >= 60 || seconds >= 60) return null;
  const sign = text.includes(negative) || rest.startsWith("-") ? -1 : 1;
  const value = degrees + minutes / 60 + seconds / 3600;
  return value <= most ? sign * value : null;
}
