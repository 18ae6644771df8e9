// Arrivals, a bar for each quarter hour: those of the last hour that the history has, and estimates of the next two.
"use client";

import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { arrivalsPerQuarterHour, type Movement, QUARTER_HOUR_MS } from "./airportTraffic";
import { landingsPerQuarterHour, type PastMovement } from "./pastMovements";

const QUARTERS = 8;
const PAST_QUARTERS = 4;

interface Props {
  readonly inbound: readonly Movement[];
  /** Null when the tracker keeps no history. */
  readonly past: readonly PastMovement[] | null;
  readonly nowMs: number;
}

export function ArrivalBars({ inbound, past, nowMs }: Props) {
  const { airport } = useLaterTexts();
  const formats = useFormats();
  const before = past === null ? 0 : PAST_QUARTERS;
  const firstMs = (Math.floor(nowMs / QUARTER_HOUR_MS) - before) * QUARTER_HOUR_MS;
  const landed = landingsPerQuarterHour(past ?? [], firstMs, before + 1);
  const expected = arrivalsPerQuarterHour(inbound, nowMs, QUARTERS);
  const bars = Array.from({ length: before + QUARTERS }, (_, quarter) => ({
    landed: landed[quarter] ?? 0,
    expected: expected[quarter - before] ?? 0,
  }));
  const most = Math.max(1, ...bars.map((bar) => bar.landed + bar.expected));
  const height = (count: number) => ({ height: `${(60 * count) / most}%` });
  const timeOf = (quarter: number) => formats.timeOfDay(firstMs + quarter * QUARTER_HOUR_MS).slice(0, "hh:mm".length);
  return (
    <figure>
      <figcaption className="mb-2 font-medium text-soft text-sm">
        {past === null ? airport.perQuarterHour : airport.allPerQuarterHour}
      </figcaption>
      <ol className="flex h-24 items-end gap-1.5">
        {bars.map((bar, quarter) => {
          const count = formats.count(bar.landed + bar.expected);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the bars have fixed places
            <li className="flex h-full min-w-0 flex-1 flex-col items-center justify-end" key={quarter}>
              <span className="sr-only">{airport.quarterHour({ from: timeOf(quarter), count })}</span>
              <span aria-hidden="true" className="text-2xs text-soft tabular-nums">
                {bar.landed + bar.expected === 0 ? "" : count}
              </span>
              <span aria-hidden="true" className="w-full rounded-t bg-accent" style={height(bar.expected)} />
              <span aria-hidden="true" className="w-full bg-muted" style={height(bar.landed)} />
              <span
                aria-hidden="true"
                className="w-full whitespace-nowrap border-line border-t pt-0.5 text-center text-2xs text-muted tabular-nums"
              >
                {quarter % 2 === 0 ? timeOf(quarter) : "\u00a0"}
              </span>
            </li>
          );
        })}
      </ol>
      <p className="mt-1 text-muted text-xs">{past === null ? airport.estimates : airport.landedAndEstimates}</p>
    </figure>
  );
}
