// The URL of a photo from the tracker's template. Pure.

/** Null if the template needs what is unknown, or if what comes of it is not a URL that begins with https. */
export function photoUrl(template: string, icao24: string, registration: string): string | null {
  if (registration === "" && template.includes("{registration}")) return null;
  const url = template
    .replaceAll("{icao24}", encodeURIComponent(icao24))
    .replaceAll("{registration}", encodeURIComponent(registration));
  return /^https:\/\/[^/]/.test(url) && URL.canParse(url) ? url : null;
}
