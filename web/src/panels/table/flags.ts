// Flags by the names of countries that sources report, as addresses of pictures. A file of the page, loaded when the table shows
// countries, made by `scripts/make_flags.py` (MIT, data/flags.LICENSE).
import { dataFile, tableLines } from "@/map/dataFile";

export type Flags = ReadonlyMap<string, string>;

export function parseFlags(text: string): Flags {
  return new Map(
    tableLines(text).flatMap(([, names = "", svg = ""]) => {
      const address = `data:image/svg+xml,${encodeURIComponent(svg)}`;
      return names.split("|").map((name) => [name, address] as const);
    }),
  );
}

export const loadFlags = dataFile(new URL("./data/flags.tsv", import.meta.url), parseFlags);
