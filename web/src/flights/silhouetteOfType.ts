// The silhouette of an aircraft, from its ICAO type designator (Doc 8643) and its category. Designators of a family share a
// prefix, so the table lists prefixes, and the longest match wins. A known designator is more precise than a category, which
// many transponders have set wrong.
import { isNotAircraft } from "@flighttracker/client";
import { SILHOUETTE_NUMBER, type Silhouette, silhouetteOfCategory } from "./silhouette";

const BEGINNINGS: Readonly<Partial<Record<Silhouette, string>>> = {
  heavy:
    "A30 A31 A33 A34 A35 A38 A3ST B74 B76 B77 B78 BLCF MD11 DC10 IL86 IL96 A124 A225 C17 C5 K35 KC46 L101 VC10 AN22",
  business:
    "C25 C500 C501 C510 C525 C55 C56 C650 C68 C700 C750 CL30 CL35 CL60 E50P E55P E545 E550 E35L F2TH F900 FA GA5 GA6 GA7 GL5 GL6 GL7 GLEX GLF H25 HDJT LJ PC24 PRM1 SF50 BE40 G150 G280 ASTR EA50",
  turboprop:
    "AT4 AT7 ATP B190 B350 BE9 BE10 BE20 BE30 BE99 C130 C208 C212 C295 C30J CN35 D228 D328 DH8 DHC6 DHC7 E110 E120 E121 F27 F50 F60 JS3 JS4 L410 MU2 P180 P46T PC6 PC12 SB20 SF34 SH33 SH36 SW4 TBM AN12 AN24 AN26 AN32 Y12 MA60 IL18 P3 KODI C441 AC90",
  light:
    "A210 AA5 AS02 BE2 BE3 BE5 BE6 BE7 C15 C16 C17 C18 C19 C20 C21 C303 C31 C33 C34 C40 C41 C42 C72R C77R C82R COL DA20 DA40 DA42 DA62 DR40 DV20 EV97 FK9 G115 JABI M20 P06T P28 P32 P92 PA18 PA22 PA24 PA25 PA28 PA30 PA31 PA32 PA34 PA38 PA44 PA46 PITS PTS RV RV4 S22T SIRA SR20 SR22 TAMP TB10 TB20 TOBA TRIN ULAC WT9 PIVI",
  helicopter:
    "A109 A119 A129 A139 A149 A169 A189 AS32 AS3 AS50 AS55 AS65 ALO B06 B105 B212 B222 B230 B407 B412 B427 B429 B430 B47 B505 BK17 CH47 EC20 EC25 EC30 EC35 EC45 EC55 EC75 EH10 EXPL GAZL H47 H500 H53 H60 H64 HUCO LYNX MI2 MI8 MI17 MI24 MI26 NH90 PUMA R22 R44 R66 S61 S76 S92 TIGR UH1 GYRO",
  glider:
    "GLID AS14 AS20 AS21 AS24 AS25 AS26 AS28 AS29 AS30 AS31 ASK DG1 DG40 DG50 DG80 DISC DUOD JANU LS4 LS8 NIMB VENT ULAG",
  balloon: "BALL SHIP",
  drone: "DRON",
};

/** Whole designators that a prefix would match wrongly: C17 is a Globemaster, C172 a Skyhawk; B74S a 747, B757 no heavy. */
const EXACT: Readonly<Record<string, Silhouette>> = {
  C17: "heavy",
  C5: "heavy",
  C5M: "heavy",
  A306: "heavy",
  A318: "jet",
  A319: "jet",
  A320: "jet",
  A321: "jet",
  C408: "turboprop",
  PA46: "light",
};

const BY_BEGINNING = new Map<string, Silhouette>(
  Object.entries(BEGINNINGS).flatMap(([silhouette, beginnings]) =>
    beginnings.split(" ").map((beginning) => [beginning, silhouette as Silhouette] as const),
  ),
);

/** The number of the silhouette of a type designator, which may be empty, and the number of a category. */
export function silhouetteOf(designator: string, category: number): number {
  const ofType = isNotAircraft(category) ? undefined : (EXACT[designator] ?? longestBeginning(designator));
  return ofType === undefined ? silhouetteOfCategory(category) : SILHOUETTE_NUMBER[ofType];
}

function longestBeginning(designator: string): Silhouette | undefined {
  for (let length = designator.length; length > 1; length--) {
    const silhouette = BY_BEGINNING.get(designator.slice(0, length));
    if (silhouette !== undefined) return silhouette;
  }
  return undefined;
}
