// Names of countries in the reader's language. The data and the map have them in English, as their sources write them: the names
// of ICAO, OpenSky and Natural Earth differ from those that browsers know.
import type { Language } from "./language";

/** By the name without filler words: what differs from a browser's English name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  aland: "AX",
  "antigua and barb": "AG",
  "bolivia plurinational state": "BO",
  "bosnia and herz": "BA",
  "br indian ocean ter": "IO",
  "brunei darussalam": "BN",
  burma: "MM",
  "cabo verde": "CV",
  congo: "CG",
  "cote divoire": "CI",
  czech: "CZ",
  "democratic congo": "CD",
  "democratic peoples korea": "KP",
  "dem congo": "CD",
  "dem korea": "KP",
  "dr congo": "CD",
  "eq guinea": "GQ",
  "faeroe islands": "FO",
  "fr polynesia": "PF",
  "fr s antarctic lands": "TF",
  "french southern and antarctic lands": "TF",
  "heard i and mcdonald islands": "HM",
  "hong kong": "HK",
  "ivory coast": "CI",
  korea: "KR",
  "lao pdr": "LA",
  "lao peoples democratic": "LA",
  "libyan arab jamahiriya": "LY",
  macao: "MO",
  macedonia: "MK",
  "former yugoslav macedonia": "MK",
  myanmar: "MM",
  "n mariana islands": "MP",
  palestine: "PS",
  "russian federation": "RU",
  "s geo and islands": "GS",
  "s sudan": "SS",
  "saint vin and gren": "VC",
  "south georgia and islands": "GS",
  swaziland: "SZ",
  "syrian arab": "SY",
  turkey: "TR",
  "united states america": "US",
  "united states virgin islands": "VI",
  "holy see": "VA",
  vatican: "VA",
  "viet nam": "VN",
  "w sahara": "EH",
  "wallis and futuna islands": "WF",
};
const FILLERS = /\b(the|of|republic|rep|kingdom of|federated states|islamic|state of|united republic|bolivarian)\b/g;
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

let codes: ReadonlyMap<string, string> | null = null;
const named = new Map<string, string>();

/** The ISO 3166 code of a country by its English name; null for a name that is unknown. */
export function countryCode(name: string): string | null {
  codes ??= codesByName();
  const key = plain(name);
  return codes.get(key) ?? OTHER_NAMES[key] ?? null;
}

/** The name in a language; as it is in English, and where it is unknown. */
export function countryName(name: string, language: Language): string {
  if (language === "en" || name === "") return name;
  const key = `${language} ${name}`;
  let local = named.get(key);
  if (local === undefined) {
    const code = countryCode(name);
    local = code === null ? name : (new Intl.DisplayNames(language, { type: "region" }).of(code) ?? name);
    named.set(key, local);
  }
  return local;
}

function codesByName(): Map<string, string> {
  const english = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const found = new Map<string, string>();
  for (const code of LETTERS.flatMap((a) => LETTERS.map((b) => a + b))) {
    const name = english.of(code);
    // Former codes have the names of their successors: DD is Germany, too.
    const isPresent = name !== undefined && new Intl.Locale(`und-${code}`).region === code;
    if (isPresent) found.set(plain(name), code);
  }
  return found;
}

/** Without accents, signs and filler words: "Iran, Islamic Republic of" is "iran". */
function plain(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/\p{Mark}|['’.]/gu, "")
    .toLowerCase()
    .replaceAll("&", "and")
    .replaceAll(/\bst\b/g, "saint")
    .replaceAll(/\bis\b/g, "islands")
    .replaceAll(/[^a-z]+/g, " ")
    .replaceAll(FILLERS, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
