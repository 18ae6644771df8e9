// The full names of ICAO type designators: "B738" is a Boeing 737-800. A file of the page, loaded when the first card
// opens, made by `scripts/make_type_names.py` (CC0-1.0, data/typeNames.LICENSE).
import { dataFile, tableLines } from "@/map/dataFile";

export type TypeNames = ReadonlyMap<string, string>;

export function parseTypeNames(text: string): TypeNames {
  return new Map(tableLines(text) as [string, string][]);
}

export const loadTypeNames = dataFile(new URL("./data/typeNames.tsv", import.meta.url), parseTypeNames);
