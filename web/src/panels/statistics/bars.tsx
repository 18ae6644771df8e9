// Charts of bars, as SVG so that they can be saved as pictures. The numbers are text beside the bars, or a list for
// screen readers; the bars are for the eye.
"use client";

import { type RefObject, useLayoutEffect, useState } from "react";
import type { NamedCount } from "@/flights/statistics";
import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { useRem } from "../useRem";
import { fitText } from "./fitText";

const ROW_REM = 1.375;
const TEXT_REM = 0.9375;
const BAR_REM = { top: 0.4375, height: 0.5 };
/** Of the width, for names; the bars begin at 43 %. */
const NAME_SHARE = 0.41;

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
  const rem = useRem();
  const cut = useNameCutter(svgRef, rem);
  const most = Math.max(1, ...items.map(({ count }) => count));
  const bar = { height: BAR_REM.height * rem, rx: (BAR_REM.height * rem) / 2, x: "43%", y: BAR_REM.top * rem };
  const baseline = TEXT_REM * rem;
  return (
    <>
      <svg aria-hidden="true" className="block w-full" height={items.length * ROW_REM * rem} ref={svgRef}>
        {items.map(({ name, code, count, note }, i) => (
          <g key={code ?? name} transform={`translate(0 ${i * ROW_REM * rem})`}>
            <title>{[name, note ?? formats.count(count)].join(": ")}</title>
            <text className="fill-soft text-data" x="0" y={baseline}>
              {cut(name)}
            </text>
            <rect className="fill-sunken" {...bar} width="42%" />
            <rect className="fill-accent/75" {...bar} width={`${(42 * count) / most}%`} />
            <text className="fill-muted text-data tabular-nums" textAnchor="end" x="100%" y={baseline}>
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

/** Returns a function that cuts a name to its room before the bars. */
function useNameCutter(svgRef: RefObject<SVGSVGElement | null>, rem: number): (name: string) => string {
  const [{ roomPx, font }, setRoom] = useState({ roomPx: 0, font: "" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: larger type is wider in the same room
  useLayoutEffect(() => {
    const svg = svgRef.current;
    if (svg === null) return;
    const measure = () => {
      const text = svg.querySelector("text");
      setRoom({ roomPx: NAME_SHARE * svg.clientWidth, font: text === null ? "" : getComputedStyle(text).font });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(svg);
    return () => observer.disconnect();
  }, [svgRef, rem]);
  const context = font === "" ? null : document.createElement("canvas").getContext("2d");
  if (context === null) return (name) => name;
  context.font = font;
  return (name) => fitText(name, roomPx, (text) => context.measureText(text).width);
}

const BAR_AREA_REM = 6;
const SCALE_REM = { height: 1.125, baseline: 0.875 };

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
  const rem = useRem();
  const areaPx = BAR_AREA_REM * rem;
  const most = Math.max(1, ...counts);
  const share = 100 / counts.length;
  return (
    <div>
      <svg aria-hidden="true" className="block w-full" height={areaPx + SCALE_REM.height * rem} ref={svgRef}>
        {counts.map((count, bin) => {
          const height = (count / most) * areaPx;
          return (
            <g key={nameOf(bin)}>
              <rect
                className="fill-accent/75"
                height={height}
                rx="2"
                width={`${share * 0.86}%`}
                x={`${bin * share + share * 0.07}%`}
                y={areaPx - height}
              >
                <title>{statistics.fromBin({ value: nameOf(bin), count: formats.count(count) })}</title>
              </rect>
              {bin % 2 === 0 && (
                <text
                  className="fill-muted text-2xs tabular-nums"
                  x={`${bin * share}%`}
                  y={areaPx + SCALE_REM.baseline * rem}
                >
                  {shortNameOf(bin)}
                </text>
              )}
            </g>
          );
        })}
        <line className="stroke-line" x1="0" x2="100%" y1={areaPx} y2={areaPx} />
      </svg>
      <ul aria-label={label} className="sr-only">
        {counts.map((count, bin) => (
          <li key={nameOf(bin)}>{statistics.fromBin({ value: nameOf(bin), count: formats.count(count) })}</li>
        ))}
      </ul>
    </div>
  );
}
