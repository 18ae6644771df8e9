// Altitude and ground speed of one aircraft over time. The altitude is an area with its scale on the left, the speed a dashed
// line with its scale on the right; both have their range as text.
"use client";

import { useRef } from "react";
import { withUnit } from "@/texts/formats";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { SaveButtons } from "../statistics/SaveButtons";
import { TimeChart } from "../statistics/TimeChart";
import type { ProfilePoint } from "./useProfile";

const FEWEST_POINTS = 2;
/** Tops of the scales, in the highest values: the speed's is higher, so that two level lines do not cover each other. */
const ALTITUDE_TOP = 1.1;
const SPEED_TOP = 1.4;

export function Profile({ points }: { readonly points: readonly ProfilePoint[] }) {
  const { onGround, unknown } = useTexts();
  const { card } = useLaterTexts();
  const formats = useFormats();
  const chart = useRef<HTMLDivElement>(null);
  const altitudes = altitudesOf(points);
  const speeds = points.map(({ speedKt }) => speedKt);
  const timesMs = points.map(({ timeMs }) => timeMs);
  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  const hasEnough = points.length >= FEWEST_POINTS;
  const name = card.profile;
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
              points.map(({ timeMs, speedKt }, i) => [new Date(timeMs).toISOString(), altitudes[i] ?? null, speedKt])
            }
          />
        )}
      </div>
      {!hasEnough && <p className="min-h-[5.75rem] text-muted text-xs">{card.profileStarts}</p>}
      {hasEnough && (
        <>
          <dl className="mb-1 flex justify-between gap-2 text-2xs tabular-nums">
            <Span
              label={`${card.altitude} (${formats.altitudeUnit})`}
              line="border-accent border-t-2"
              none={points.at(-1)?.isOnGround ? onGround : unknown}
              of={known(altitudes)}
              write={(ft) => formats.altitude(ft)}
            />
            <Span
              isRight
              label={`${card.groundSpeed} (${formats.speedUnit})`}
              line="border-t-2 border-warn border-dashed"
              none={unknown}
              of={known(speeds)}
              write={(kt) => formats.speed(kt)}
            />
          </dl>
          <TimeChart
            chartRef={chart}
            hasAxes
            series={[
              {
                values: altitudes.map((ft) => (ft === null ? null : formats.altitudeNumber(ft))),
                colour: "--accent",
                top: ALTITUDE_TOP * formats.altitudeNumber(Math.max(1_000, ...known(altitudes))),
                write: (altitude) => withUnit(formats.count(altitude), formats.altitudeUnit),
                writeTick: (altitude) => formats.short(altitude),
              },
              {
                values: speeds.map((kt) => (kt === null ? null : formats.speedNumber(kt))),
                colour: "--warn",
                top: SPEED_TOP * formats.speedNumber(Math.max(50, ...known(speeds))),
                isDashed: true,
                write: (speed) => withUnit(formats.count(speed), formats.speedUnit),
                writeTick: (speed) => formats.short(speed),
              },
            ]}
            summary={card.profileLabel({ minutes: formats.age(spanMs) })}
            timesMs={timesMs}
            writeTime={(timeMs) => formats.timeOfDay(timeMs)}
          />
        </>
      )}
    </div>
  );
}

/** Null on the ground, where the reported altitude is the elevation of the field. */
function altitudesOf(points: readonly ProfilePoint[]): readonly (number | null)[] {
  return points.map(({ altitudeFt, isOnGround }) => (isOnGround ? null : altitudeFt));
}

interface SpanProps {
  readonly label: string;
  /** Classes of the line that stands for it. */
  readonly line: string;
  readonly isRight?: boolean;
  readonly of: readonly number[];
  /** Shown if there are no values. */
  readonly none: string;
  write(value: number): string;
}

function Span({ label, line, isRight = false, of, none, write }: SpanProps) {
  const low = write(Math.min(...of));
  const high = write(Math.max(...of));
  return (
    <div className={`min-w-0 ${isRight ? "text-right" : ""}`}>
      <dt className={`flex items-center gap-1.5 text-soft ${isRight ? "flex-row-reverse" : ""}`}>
        <span aria-hidden="true" className={`w-4 flex-none ${line}`} />
        <span className="min-w-0 truncate">{label}</span>
      </dt>
      <dd className="truncate text-muted">{of.length === 0 ? none : low === high ? low : `${low} – ${high}`}</dd>
    </div>
  );
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
