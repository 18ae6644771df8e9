// The map view in the page's address: `at=latitude,longitude,zoom`. Pure.
import type { PageConfig } from "@/flights/config";

const DIGITS = 3;

export function placeText(latitudeDeg: number, longitudeDeg: number, zoom: number): string {
  return [latitudeDeg.toFixed(DIGITS), longitudeDeg.toFixed(DIGITS), String(Math.round(zoom * 10) / 10)].join(",");
}

/** The configuration with the view that the address asks for, if it does. */
export function withPlace(config: PageConfig, query: string): PageConfig {
  const numbers = (new URLSearchParams(query).get("at") ?? "").split(",").map(Number);
  const [latitude, longitude, zoom] = numbers;
  if (numbers.length !== 3 || latitude === undefined || longitude === undefined || zoom === undefined) return config;
  const isPlace = Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 && zoom >= 2 && zoom <= 17;
  return isPlace ? { ...config, defaultView: [latitude, longitude, zoom] } : config;
}
