// Altitude and ground speed of one aircraft over time. The altitude is an area, the speed a line over it; both have their
// range as text for screen readers.
"use client";

import { useRef } from "react";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { SaveButtons } from "../statistics/SaveButtons";
import { TimeChart } from "../statistics/TimeChart";
import type { ProfilePoint } from "./useProfile";

const FEWEST_POINTS = 2;

export function Profile({ points }: { readonly points: readonly ProfilePoint[] }) {
  const texts = useTexts();
  const formats = useFormats();
  const chart = useRef<HTMLDivElement>(null);
  const altitudes = points.map(({ altitudeFt }) => altitudeFt);
  const speeds = points.map(({ speedKt }) => speedKt);
  const timesMs = points.map(({ timeMs }) => timeMs);
  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  const hasEnough = points.length >= FEWEST_POINTS;
  const name = texts.card.profile;
  return (
    <div className="border-line border-t px-4 pt-2.5 pb-3">
      <div className="mb-1.5 flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium text-soft text-xs">{name}</h3>
        {hasEnough && (
          <SaveButtons
            chart={chart}
            head={["time", "altitude_ft", "ground_speed_kt"]}
            name={name}
            rows={() =>
              points.map(({ timeMs, altitudeFt, speedKt }) => [new Date(timeMs).toISOString(), altitudeFt, speedKt])
            }
          />
        )}
      </div>
      {!hasEnough && <p className="min-h-[5.75rem] text-muted text-xs">{texts.card.profileStarts}</p>}
      {hasEnough && (
        <>
          <TimeChart
            chartRef={chart}
            series={[
              {
                values: altitudes,
                colour: "--accent",
                top: 1.1 * Math.max(1_000, ...known(altitudes)),
                write: (ft) => formats.altitude(ft),
              },
              {
                values: speeds,
                colour: "--warn",
                top: 1.1 * Math.max(50, ...known(speeds)),
                isDashed: true,
                write: (kt) => formats.speed(kt),
              },
            ]}
            summary={texts.card.profileLabel(formats.age(spanMs))}
            timesMs={timesMs}
            writeTime={(timeMs) => formats.timeOfDay(timeMs)}
          />
          <dl className="mt-1 flex justify-between gap-2 text-2xs tabular-nums">
            <Span
              colour="text-accent"
              label={texts.card.altitude}
              of={known(altitudes)}
              write={(ft) => formats.altitude(ft)}
            />
            <Span
              colour="text-warn"
              label={texts.card.groundSpeed}
              of={known(speeds)}
              write={(kt) => formats.speed(kt)}
            />
          </dl>
        </>
      )}
    </div>
  );
}

interface SpanProps {
  readonly label: string;
  readonly colour: string;
  readonly of: readonly number[];
  write(value: number): string;
}

function Span({ label, colour, of, write }: SpanProps) {
  const { unknown } = useTexts();
  const low = write(Math.min(...of));
  const high = write(Math.max(...of));
  return (
    <div className="min-w-0">
      <dt className={colour}>{label}</dt>
      <dd className="truncate text-muted">{of.length === 0 ? unknown : low === high ? low : `${low} – ${high}`}</dd>
    </div>
  );
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
