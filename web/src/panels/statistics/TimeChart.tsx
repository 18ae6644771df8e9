// Values over time, drawn by uPlot on a canvas. Under the pointer stand the values of that moment; what the whole picture
// says is the caller's summary in words, because a canvas says nothing to a screen reader.
"use client";

import { type RefObject, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useRem } from "../useRem";

const HEIGHT_PX = 76;
/** With axes. */
const TALL_REM = 8;
/** Widths and heights of axes, and the least between their ticks. */
const AXIS_REM = { left: 2.4, right: 2.1, foot: 1.3, tick: 1.6, time: 3.6 };
const TICK_REM = 0.6875;
const LINE_PX = 1.5;
const DASH_PX = [4, 3];
/** Two more digits of a colour: opaque by an eighth. */
const FILL_ALPHA = "1f";

export interface Series {
  /** Null where nothing is known: the line is interrupted. */
  readonly values: readonly (number | null)[];
  /** A colour of the theme: a custom property of CSS that holds six hexadecimal digits. */
  readonly colour: "--accent" | "--warn";
  /** The value at the top of the chart; zero is at its foot. */
  readonly top: number;
  /** A line of dashes with nothing below it, to be told from another one. */
  readonly isDashed?: boolean;
  write(value: number): string;
  /** At the scale, for a chart with axes. */
  writeTick?(value: number): string;
}

interface Props {
  /** Ascending, one for each value. */
  readonly timesMs: readonly number[];
  readonly series: readonly Series[];
  readonly summary: string;
  readonly chartRef: RefObject<HTMLDivElement | null>;
  /** Scales of the first series on the left, of the second on the right, and of the time. */
  readonly hasAxes?: boolean;
  writeTime(timeMs: number): string;
}

export function TimeChart(props: Props) {
  const { timesMs, series, summary, chartRef, hasAxes = false, writeTime } = props;
  const rem = useRem();
  const heightPx = hasAxes ? TALL_REM * rem : HEIGHT_PX;
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const count = series.length;

  useEffect(() => {
    const container = chartRef.current;
    if (container === null) return;
    const made = new uPlot(
      {
        ...optionsOf(count, container, (index) => latest.current.series[index] as Series, setPointed),
        height: heightPx,
        ...(hasAxes ? { axes: axesOf(container, rem, () => latest.current) } : {}),
      },
      dataOf(latest.current),
      container,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: container.clientWidth, height: heightPx }));
    observer.observe(container);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [chartRef, count, hasAxes, heightPx, rem]);

  // After every render: there is one for each new value and for another theme.
  useEffect(() => plot.current?.setData(dataOf(latest.current)));

  const timeMs = pointed === null ? undefined : timesMs[pointed];
  const written = series.map(({ values, write }) => {
    const value = pointed === null ? null : values[pointed];
    return value == null ? null : write(value);
  });
  return (
    <div className={`relative ${hasAxes ? "" : "border-line border-b"}`}>
      <div aria-label={summary} className="w-full" ref={chartRef} role="img" style={{ height: heightPx }} />
      {timeMs !== undefined && (
        <p className="pointer-events-none absolute top-0 right-0 rounded bg-raised/90 px-1.5 text-2xs text-soft tabular-nums">
          {[writeTime(timeMs), ...written.filter((text) => text !== null)].join(" · ")}
        </p>
      )}
    </div>
  );
}

function dataOf({ timesMs, series }: Props): uPlot.AlignedData {
  return [[...timesMs], ...series.map(({ values }) => [...values])];
}

function optionsOf(
  count: number,
  container: HTMLElement,
  seriesOf: (index: number) => Series,
  onPointed: (index: number | null) => void,
): uPlot.Options {
  const indices = Array.from({ length: count }, (_, index) => index);
  // Looked up with each drawing, so that the chart follows the theme.
  const colour = (index: number) => getComputedStyle(container).getPropertyValue(seriesOf(index).colour).trim();
  const line = (index: number): uPlot.Series => ({
    scale: `y${index}`,
    stroke: () => colour(index),
    width: LINE_PX,
    points: { show: false },
    ...(seriesOf(index).isDashed ? { dash: DASH_PX } : { fill: () => `${colour(index)}${FILL_ALPHA}` }),
  });
  const scale = (index: number): [string, uPlot.Scale] => [`y${index}`, { range: () => [0, seriesOf(index).top] }];
  return {
    width: container.clientWidth,
    height: 0,
    ms: 1,
    padding: [2, 0, 0, 0],
    legend: { show: false },
    axes: [{ show: false }, ...indices.map(() => ({ show: false }))],
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 6 } },
    scales: Object.fromEntries([["x", { time: true }], ...indices.map(scale)]),
    series: [{}, ...indices.map(line)],
    hooks: { setCursor: [({ cursor }) => onPointed(cursor.idx ?? null)] },
  };
}

/** The time at the foot, the first series on the left, the second one on the right. */
function axesOf(container: HTMLElement, rem: number, latest: () => Props): uPlot.Axis[] {
  const colour = (name: string) => () => getComputedStyle(container).getPropertyValue(name).trim();
  const base: uPlot.Axis = {
    font: `${TICK_REM * rem}px ${getComputedStyle(container).fontFamily}`,
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    gap: 4,
  };
  const clock = (timesMs: number[]) => timesMs.map((timeMs) => latest().writeTime(timeMs).slice(0, "hh:mm".length));
  const values = (index: number) => (_: uPlot, ticks: number[]) =>
    ticks.map((tick) => latest().series[index]?.writeTick?.(tick) ?? "");
  return [
    {
      ...base,
      size: AXIS_REM.foot * rem,
      space: AXIS_REM.time * rem,
      incrs: TIME_STEPS_MS,
      grid: { show: false },
      values: (_, timesMs) => clock(timesMs),
    },
    { ...base, scale: "y0", side: 3, size: AXIS_REM.left * rem, space: AXIS_REM.tick * rem, values: values(0) },
    {
      ...base,
      scale: "y1",
      side: 1,
      size: AXIS_REM.right * rem,
      space: AXIS_REM.tick * rem,
      grid: { show: false },
      values: values(1),
    },
  ];
}

const MINUTE_MS = 60_000;
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720].map((minutes) => minutes * MINUTE_MS);
