// Charts of bars, as SVG so that they can be saved as pictures. The numbers are text beside the bars, or a list for
// screen readers; the bars are for the eye.
"use client";

import type { RefObject } from "react";
import type { NamedCount } from "@/flights/statistics";
import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";

const ROW = 22;

export interface BarItem extends NamedCount {
  /** What the data calls it, where people call it otherwise. */
  readonly code?: string;
  /** More numbers of it, for the file. */
  readonly values?: readonly number[];
  /** More words about it. */
  readonly note?: string;
}

interface BarsProps {
  readonly items: readonly BarItem[];
  readonly svgRef: RefObject<SVGSVGElement | null>;
}

/** One line for each name: the name, a bar, the number. */
export function HorizontalBars({ items, svgRef }: BarsProps) {
  const formats = useFormats();
  const most = Math.max(1, ...items.map(({ count }) => count));
  return (
    <>
      <svg aria-hidden="true" className="block w-full" height={items.length * ROW} ref={svgRef}>
        {items.map(({ name, code, count, note }, i) => (
          <g key={code ?? name} transform={`translate(0 ${i * ROW})`}>
            <title>{[name, note ?? formats.count(count)].join(": ")}</title>
            <text className="fill-soft text-data" x="0" y="15">
              {name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name}
            </text>
            <rect className="fill-sunken" height="8" rx="4" width="42%" x="43%" y="7" />
            <rect className="fill-accent/75" height="8" rx="4" width={`${(42 * count) / most}%`} x="43%" y="7" />
            <text className="fill-muted text-data tabular-nums" textAnchor="end" x="100%" y="15">
              {formats.count(count)}
            </text>
          </g>
        ))}
      </svg>
      <ul className="sr-only">
        {items.map(({ name, code, count, note }) => (
          <li key={code ?? name}>{`${name}: ${formats.count(count)}${note === undefined ? "" : `, ${note}`}`}</li>
        ))}
      </ul>
    </>
  );
}

const LONGEST_NAME = 20;
const BAR_AREA = 96;

interface HistogramProps {
  readonly label: string;
  readonly counts: readonly number[];
  readonly svgRef: RefObject<SVGSVGElement | null>;
  /** The lower end of a bin, with and without its unit. */
  nameOf(bin: number): string;
  shortNameOf(bin: number): string;
}

export function Histogram({ label, counts, svgRef, nameOf, shortNameOf }: HistogramProps) {
  const formats = useFormats();
  const { statistics } = useLaterTexts();
  const most = Math.max(1, ...counts);
  const share = 100 / counts.length;
  return (
    <div>
      <svg aria-hidden="true" className="block w-full" height={BAR_AREA + 18} ref={svgRef}>
        {counts.map((count, bin) => {
          const height = (count / most) * BAR_AREA;
          return (
            <g key={nameOf(bin)}>
              <rect
                className="fill-accent/75"
                height={height}
                rx="2"
                width={`${share * 0.86}%`}
                x={`${bin * share + share * 0.07}%`}
                y={BAR_AREA - height}
              >
                <title>{statistics.fromBin({ value: nameOf(bin), count: formats.count(count) })}</title>
              </rect>
              {bin % 2 === 0 && (
                <text className="fill-muted text-2xs tabular-nums" x={`${bin * share}%`} y={BAR_AREA + 14}>
                  {shortNameOf(bin)}
                </text>
              )}
            </g>
          );
        })}
        <line className="stroke-line" x1="0" x2="100%" y1={BAR_AREA} y2={BAR_AREA} />
      </svg>
      <ul aria-label={label} className="sr-only">
        {counts.map((count, bin) => (
          <li key={nameOf(bin)}>{statistics.fromBin({ value: nameOf(bin), count: formats.count(count) })}</li>
        ))}
      </ul>
    </div>
  );
}
