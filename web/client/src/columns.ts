// The numbers and names that frame.md and the Avro schema fix: columns, their widths, NULL and the statuses.
// Everything that reads a position goes through these, so that a change of the contract is a change of this file.

/** "Unknown" in every column that can be unknown. */
export const NULL_VALUE = -32768;

/** Dynamic columns in the order of the frame. */
export const COLUMN = {
  latitude: 0,
  longitude: 1,
  baroAltitude: 2,
  groundSpeed: 3,
  track: 4,
  verticalRate: 5,
  positionAge: 6,
  contactLead: 7,
  geoOffset: 8,
  squawk: 9,
  status: 10,
} as const;

export const COLUMN_COUNT = 11;

/** Bytes of one absolute value of each column. */
export const COLUMN_BYTES: readonly (2 | 4)[] = [4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2];

/** Fixed-width text columns of an add, in the order of the frame, and where each starts in a row of 30 bytes. */
export const TEXT_COLUMNS = [
  { name: "callsign", start: 0, bytes: 8 },
  { name: "registration", start: 8, bytes: 10 },
  { name: "aircraftType", start: 18, bytes: 4 },
  { name: "origin", start: 22, bytes: 4 },
  { name: "destination", start: 26, bytes: 4 },
] as const;

export const TEXT_BYTES = 30;

export type TextColumn = (typeof TEXT_COLUMNS)[number]["name"];

/** Names that refer to a table: their order in an add. */
export const NAME_COLUMNS = ["operator", "originCountry", "source"] as const;
export const NAME_COLUMN_COUNT = 3;

/** Kinds of an add: numbers of the Avro enums, 0 for unknown; a newer gateway may send numbers without a word. */
export const KIND_COUNT = 2;

export const CATEGORIES = [
  "unknown",
  "light",
  "small",
  "large",
  "high_vortex",
  "heavy",
  "high_performance",
  "rotorcraft",
  "glider",
  "lighter_than_air",
  "parachutist",
  "ultralight",
  "drone",
  "space",
  "emergency_vehicle",
  "service_vehicle",
  "obstacle",
] as const;

export type Category = (typeof CATEGORIES)[number];

export const ADDRESS_TYPES = [
  "unknown",
  "adsb_icao",
  "adsb_icao_nt",
  "adsb_other",
  "adsr_icao",
  "adsr_other",
  "tisb_icao",
  "tisb_other",
  "tisb_trackfile",
  "adsc",
  "mlat",
  "mode_s",
  "flarm",
  "radar",
  "simulated",
  "non_icao",
  "other",
] as const;

export type AddressType = (typeof ADDRESS_TYPES)[number];

/** The lowest number of a vehicle or obstacle, which are not flights; all numbers from it on are such. */
const FIRST_NOT_AIRCRAFT = CATEGORIES.indexOf("emergency_vehicle");

/** Whether the number of a category is that of a surface vehicle or an obstacle. */
export function isNotAircraft(category: number): boolean {
  return category >= FIRST_NOT_AIRCRAFT && category < CATEGORIES.length;
}

/** Types whose address is not one of ICAO's: nothing follows from it. */
export const NON_ICAO_ADDRESSES: ReadonlySet<AddressType> = new Set([
  "adsb_other",
  "adsr_other",
  "tisb_other",
  "tisb_trackfile",
  "non_icao",
]);

/** In the order of the Avro enum, which is the number that a frame carries in bits 0–3 of the status column. */
export const STATUSES = [
  "unknown",
  "scheduled",
  "taxiing",
  "climbing",
  "cruising",
  "descending",
  "landed",
  "emergency",
  "lifeguard",
  "minimum_fuel",
] as const;

export type Status = (typeof STATUSES)[number];

export const STATUS_MASK = 0x0f;
export const ON_GROUND_BIT = 0x10;

export const FEET_PER_ALTITUDE_UNIT = 25;
export const FEET_PER_MINUTE_PER_RATE_UNIT = 64;
export const DEGREES_PER_POSITION_UNIT = 1e-5;
export const DEGREES_PER_TRACK_UNIT = 0.1;
export const MILLISECONDS_PER_AGE_UNIT = 100;

/** 7500 unlawful interference, 7600 radio failure, 7700 general emergency (ICAO Doc 4444), as stored. */
const EMERGENCY_SQUAWKS: ReadonlySet<number> = new Set([0o7500, 0o7600, 0o7700]);

/** Whether an aircraft declares an emergency, by its status or its squawk as they are stored. */
export function isEmergency(status: number, squawk: number): boolean {
  return (status & STATUS_MASK) === STATUSES.indexOf("emergency") || EMERGENCY_SQUAWKS.has(squawk);
}
