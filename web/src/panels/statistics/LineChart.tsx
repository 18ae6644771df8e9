// One value over time as a line, with its least, greatest and present value in words. SVG with one path: a few hundred
// points cost nothing.
"use client";

import type { RefObject } from "react";

const HEIGHT = 72;
const WIDTH = 400;

export interface Line {
  readonly timesMs: readonly number[];
  /** Null where nothing is known: the line is interrupted. */
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly line: Line;
  readonly summary: string;
  readonly top: string;
  readonly left: string;
  readonly svgRef?: RefObject<SVGSVGElement | null>;
  /** Below zero makes no sense for counts; altitudes of airports may be there. */
  readonly startsAtZero?: boolean;
}

export function LineChart({ line, summary, top, left, svgRef, startsAtZero = true }: Props) {
  const known = line.values.filter((value) => value !== null);
  const low = startsAtZero ? 0 : Math.min(...known);
  const high = Math.max(low + 1, ...known) * (startsAtZero ? 1.1 : 1);
  const path = pathOf(line, low, high);
  return (
    <svg
      aria-label={summary}
      className="block h-[4.75rem] w-full overflow-visible"
      preserveAspectRatio="none"
      ref={svgRef}
      role="img"
      viewBox={`0 0 ${WIDTH} ${HEIGHT + 4}`}
    >
      <line className="stroke-line" vectorEffect="non-scaling-stroke" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      <line
        className="stroke-line"
        strokeDasharray="2 4"
        vectorEffect="non-scaling-stroke"
        x1="0"
        x2={WIDTH}
        y1="1"
        y2="1"
      />
      <path className="fill-accent/10" d={`${path.area}`} />
      <path className="fill-none stroke-accent" d={path.line} strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
      <title>{`${summary} (${top}, ${left})`}</title>
    </svg>
  );
}

/** The line, and the area below it, in the units of the view box. */
export function pathOf({ timesMs, values }: Line, low: number, high: number): { line: string; area: string } {
  const first = timesMs[0] ?? 0;
  const span = Math.max(1, (timesMs.at(-1) ?? 0) - first);
  let line = "";
  let area = "";
  let startX: string | null = null;
  let endX = "";
  const close = () => {
    if (startX !== null) area += `L${endX} ${HEIGHT}L${startX} ${HEIGHT}Z`;
    startX = null;
  };
  values.forEach((value, i) => {
    if (value === null) {
      close();
      return;
    }
    const x = ((((timesMs[i] as number) - first) / span) * WIDTH).toFixed(1);
    const y = (HEIGHT - ((value - low) / (high - low)) * (HEIGHT - 2)).toFixed(1);
    line += `${startX === null ? "M" : "L"}${x} ${y}`;
    area += `${startX === null ? "M" : "L"}${x} ${y}`;
    startX ??= x;
    endX = x;
  });
  close();
  return { line, area };
}
