// Estimated arrivals of the next two hours, a bar for each quarter hour.
"use client";

import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { arrivalsPerQuarterHour, type Movement, QUARTER_HOUR_MS } from "./airportTraffic";

const QUARTERS = 8;

export function ArrivalBars({ inbound, nowMs }: { readonly inbound: readonly Movement[]; readonly nowMs: number }) {
  const { airport } = useLaterTexts();
  const formats = useFormats();
  const counts = arrivalsPerQuarterHour(inbound, nowMs, QUARTERS);
  const most = Math.max(1, ...counts);
  const firstMs = Math.floor(nowMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const timeOf = (quarter: number) => formats.timeOfDay(firstMs + quarter * QUARTER_HOUR_MS).slice(0, "hh:mm".length);
  return (
    <figure>
      <figcaption className="mb-2 font-medium text-soft text-sm">{airport.perQuarterHour}</figcaption>
      <ol className="flex h-24 items-end gap-1.5">
        {counts.map((count, quarter) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars have fixed places
          <li className="flex h-full min-w-0 flex-1 flex-col items-center justify-end" key={quarter}>
            <span className="sr-only">{airport.quarterHour(timeOf(quarter), formats.count(count))}</span>
            <span aria-hidden="true" className="text-2xs text-soft tabular-nums">
              {count === 0 ? "" : formats.count(count)}
            </span>
            <span
              aria-hidden="true"
              className="w-full rounded-t bg-accent"
              style={{ height: `${(60 * count) / most}%` }}
            />
            <span
              aria-hidden="true"
              className="w-full border-line border-t pt-0.5 text-center text-2xs text-muted tabular-nums"
            >
              {quarter % 2 === 0 ? timeOf(quarter) : "\u00a0"}
            </span>
          </li>
        ))}
      </ol>
      <p className="mt-1 text-muted text-xs">{airport.estimates}</p>
    </figure>
  );
}
