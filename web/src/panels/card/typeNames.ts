// The full names of ICAO type designators: "B738" is a Boeing 737-800. A file of the page, loaded when the first card
// opens, made by `scripts/make_type_names.py` (CC0-1.0, data/typeNames.LICENSE).

const WAIT_MS = 10_000;
let loading: Promise<TypeNames> | null = null;

export type TypeNames = ReadonlyMap<string, string>;

/** Loads them once; after a failure the next call retries. */
export function loadTypeNames(): Promise<TypeNames> {
  loading ??= fetchTypeNames().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchTypeNames(): Promise<TypeNames> {
  const url = new URL("./data/typeNames.tsv", import.meta.url);
  const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
  if (!response.ok) throw new Error(`the type names did not load: HTTP ${response.status}`);
  return parseTypeNames(await response.text());
}

export function parseTypeNames(text: string): TypeNames {
  return new Map(
    text
      .trim()
      .split("\n")
      .map((line) => line.split("\t") as [string, string]),
  );
}
