// The sources and their states as text: a line for each in the statistics, and one over the map when there is a problem.
// Pure.
import type { Source, SourceState, Sources } from "@/flights/sources";
import type { Formats } from "@/texts/formats";
import type { Texts } from "@/texts/language";
import type { Tone } from "./connectionWords";

export interface SourceLine {
  readonly name: string;
  readonly tone: Tone;
  readonly words: string;
  readonly aircraft: number | null;
}

const TONES: Readonly<Record<SourceState, Tone>> = {
  starting: "waiting",
  fresh: "good",
  late: "warning",
  stopped: "bad",
  refused: "bad",
  rate_limited: "warning",
  unreachable: "bad",
  failing: "bad",
  unknown: "warning",
};

/** A problem that ends within this time is not shown over the map. */
const LASTING_MS = 20_000;

export function sourceLines({ sources, timeMs }: Sources, texts: Texts["sources"], formats: Formats): SourceLine[] {
  return sources.map((source) => ({
    name: source.name,
    tone: TONES[source.state],
    words: wordsOf(source, timeMs, texts, formats),
    aircraft: source.aircraft,
  }));
}

/** The sources with a lasting problem in one line; null if there is none. */
export function sourceBanner(found: Sources | null, texts: Texts["sources"], formats: Formats): string | null {
  if (found === null) return null;
  const isLasting = ({ sinceMs }: Source) => sinceMs !== null && found.timeMs - sinceMs >= LASTING_MS;
  const problems = found.sources.filter((source) => isProblem(source) && isLasting(source));
  if (problems.length === 0) return null;
  return problems.map((source) => `${source.name}: ${wordsOf(source, found.timeMs, texts, formats)}`).join(" · ");
}

function isProblem({ state }: Source): boolean {
  return TONES[state] === "bad" || TONES[state] === "warning";
}

function wordsOf({ state, sinceMs, nextRequestMs }: Source, timeMs: number, texts: Texts["sources"], formats: Formats) {
  if (state === "rate_limited" && nextRequestMs !== null && nextRequestMs > timeMs) {
    return texts.pausedFor({ time: formats.age(nextRequestMs - timeMs) });
  }
  const words = texts.states[state];
  return state === "fresh" || state === "starting" || sinceMs === null
    ? words
    : texts.since({ state: words, age: formats.age(timeMs - sinceMs) });
}
