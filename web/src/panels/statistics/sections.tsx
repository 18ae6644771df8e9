// What both parts of the statistics are built of: figures, charts over time, bars, each with buttons to save it.
"use client";

import { type ReactNode, type RefObject, useRef } from "react";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { type BarItem, Histogram, HorizontalBars } from "./bars";
import type { Sample } from "./history";
import { SaveButtons } from "./SaveButtons";
import { TimeChart } from "./TimeChart";

const MOST_NAMES = 12;

export function inSeconds(milliseconds: number | null | undefined): number | null {
  return milliseconds == null ? null : milliseconds / 1000;
}

export function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="rounded-lg border border-line bg-sunken px-3 py-2.5">
      <dt className="truncate text-muted text-xs">{label}</dt>
      <dd className="truncate font-semibold text-ink text-lg tabular-nums leading-tight">{value}</dd>
    </div>
  );
}

interface PercentilesProps {
  readonly label: string;
  readonly hint: string;
  readonly values: readonly (readonly [name: string, value: string])[];
}

export function Percentiles({ label, hint, values }: PercentilesProps) {
  return (
    <div className="rounded-lg border border-line bg-sunken px-3 py-2.5">
      <dt className="mb-1.5 text-muted text-xs">
        <span className="block font-medium text-soft">{label}</span>
        {hint}
      </dt>
      <dd className="grid grid-cols-3 gap-2">
        {values.map(([name, value]) => (
          <span className="min-w-0" key={name}>
            <span className="block truncate font-semibold text-ink text-lg tabular-nums leading-tight">{value}</span>
            <span className="block truncate text-2xs text-muted">{name}</span>
          </span>
        ))}
      </dd>
    </div>
  );
}

interface OverTimeProps {
  readonly name: string;
  readonly samples: readonly Sample[];
  of(sample: Sample): number | null;
  write(value: number): string;
}

export function OverTime({ name, samples, of, write }: OverTimeProps) {
  const { unknown } = useTexts();
  const { statistics: texts } = useLaterTexts();
  const formats = useFormats();
  const chart = useRef<HTMLDivElement>(null);
  const timesMs = samples.map(({ timeMs }) => timeMs);
  const values = samples.map(of);
  const known = values.filter((value) => value !== null);
  const now = known.at(-1);
  const most = Math.max(0, ...known);
  const high = write(most);
  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  const summary = texts.lineSummary({
    name,
    now: now === undefined ? unknown : write(now),
    low: known.length === 0 ? unknown : write(Math.min(...known)),
    high,
  });
  return (
    <Section
      head={["time", name]}
      chart={chart}
      rows={() => timesMs.map((timeMs, i) => [new Date(timeMs).toISOString(), values[i] as number | null])}
      title={name}
    >
      <div className="mb-1 flex items-baseline justify-between text-2xs text-muted tabular-nums">
        <span className="font-semibold text-ink text-sm">{now === undefined ? unknown : write(now)}</span>
        <span>
          {texts.most({ value: known.length === 0 ? unknown : high })} · {texts.since({ age: formats.age(spanMs) })}
        </span>
      </div>
      <TimeChart
        chartRef={chart}
        series={[{ values, colour: "--accent", top: 1.1 * Math.max(1, most), write }]}
        summary={summary}
        timesMs={timesMs}
        writeTime={(timeMs) => formats.timeOfDay(timeMs)}
      />
    </Section>
  );
}

interface BarsProps {
  readonly title: string;
  readonly items: readonly BarItem[];
  readonly hint?: string;
  /** Headings of the items' `values` in the file, where the sum alone says too little. */
  readonly columns?: readonly string[];
}

export function Bars({ title, items, hint, columns = [] }: BarsProps) {
  const svg = useRef<SVGSVGElement>(null);
  if (items.length === 0) return null;
  const hasCodes = items.some(({ code }) => code !== undefined);
  return (
    <Section
      chart={svg}
      head={[...(hasCodes ? ["code"] : []), "name", "count", ...columns]}
      rows={() =>
        items.map(({ name, code = "", count, values = [] }) => [...(hasCodes ? [code] : []), name, count, ...values])
      }
      title={title}
    >
      {hint !== undefined && <p className="mb-1 text-muted text-xs">{hint}</p>}
      <HorizontalBars items={items.slice(0, MOST_NAMES)} svgRef={svg} />
    </Section>
  );
}

interface BinsProps {
  readonly title: string;
  readonly bins: readonly number[];
  nameOf(bin: number): string;
  numberOf(bin: number): number;
}

export function Bins({ title, bins, nameOf, numberOf }: BinsProps) {
  const svg = useRef<SVGSVGElement>(null);
  const formats = useFormats();
  return (
    <Section
      head={["from", "count"]}
      rows={() => bins.map((count, bin) => [numberOf(bin), count])}
      chart={svg}
      title={title}
    >
      <Histogram
        counts={bins}
        label={title}
        nameOf={nameOf}
        shortNameOf={(bin) => formats.short(numberOf(bin))}
        svgRef={svg}
      />
    </Section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly head: readonly string[];
  readonly chart: RefObject<Element | null>;
  readonly children: ReactNode;
  rows(): readonly (readonly (string | number | null)[])[];
}

function Section({ title, head, rows, chart, children }: SectionProps) {
  return (
    <section className="mb-7 min-w-0 break-inside-avoid">
      <div className="mb-2 flex items-center justify-between gap-2">
        <h2 className="min-w-0 truncate font-medium text-soft text-sm">{title}</h2>
        <SaveButtons chart={chart} head={head} name={title} rows={rows} />
      </div>
      {children}
    </section>
  );
}
