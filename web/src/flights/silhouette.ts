// The silhouettes of aircraft, and which one a category has. What has no category is drawn as a jet airliner.
// silhouetteOfType.ts has those of types, which are known after the first picture.
import { CATEGORIES, type Category } from "@flighttracker/client";

/** Those from `vehicle` on keep their shape on the ground, those from `balloon` on are upright whatever their track is. */
export const SILHOUETTES = [
  "jet",
  "heavy",
  "business",
  "turboprop",
  "light",
  "helicopter",
  "glider",
  "fighter",
  "drone",
  "ground",
  "vehicle",
  "balloon",
  "parachute",
  "obstacle",
] as const;
export type Silhouette = (typeof SILHOUETTES)[number];

export const SILHOUETTE_NUMBER = Object.fromEntries(SILHOUETTES.map((name, number) => [name, number])) as Readonly<
  Record<Silhouette, number>
>;
/** The lowest number of a silhouette that stays on the ground; others become `ground`. */
export const FIRST_KEPT_ON_GROUND = SILHOUETTE_NUMBER.vehicle;
/** The lowest number of a silhouette that does not turn with the track. */
export const FIRST_UPRIGHT = SILHOUETTE_NUMBER.balloon;

const OF_CATEGORY: Readonly<Record<Category, Silhouette>> = {
  unknown: "jet",
  light: "light",
  small: "business",
  large: "jet",
  high_vortex: "jet",
  heavy: "heavy",
  high_performance: "fighter",
  rotorcraft: "helicopter",
  glider: "glider",
  lighter_than_air: "balloon",
  parachutist: "parachute",
  ultralight: "light",
  drone: "drone",
  space: "fighter",
  emergency_vehicle: "vehicle",
  service_vehicle: "vehicle",
  obstacle: "obstacle",
};

/** The number of the silhouette of the number of a category. */
export function silhouetteOfCategory(category: number): number {
  return SILHOUETTE_NUMBER[OF_CATEGORY[CATEGORIES[category] ?? "unknown"]];
}
