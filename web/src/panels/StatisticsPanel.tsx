// Counts, traffic, how they went over the last ten minutes, and how the aircraft spread over statuses, altitudes, speeds,
// countries, operators and types. Once a second; every chart can be saved as a picture and as numbers.
"use client";

import { type ReactNode, type RefObject, useRef } from "react";
import type { Sources } from "@/flights/sources";
import { ALTITUDE_STEP_FT, type NamedCount, SPEED_STEP_KT, type Statistics } from "@/flights/statistics";
import type { Connection, Pulse } from "@/flights/workerMessages";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Histogram, HorizontalBars } from "./statistics/bars";
import type { PulseHistory, Sample } from "./statistics/history";
import { SaveButtons } from "./statistics/SaveButtons";
import { SourceList } from "./statistics/SourceList";
import { TimeChart } from "./statistics/TimeChart";

const MOST_NAMES = 12;

interface Props {
  readonly statistics: Statistics;
  readonly pulse: Pulse;
  readonly history: PulseHistory;
  readonly connection: Connection | null;
  /** Null while they are unknown. */
  readonly sources: Sources | null;
}

export function StatisticsPanel({ statistics, pulse, history, connection, sources }: Props) {
  const { statuses, categories, addressTypes, unknown, panel } = useTexts();
  const { statistics: texts } = useLaterTexts();
  const formats = useFormats();
  const { samples } = history;
  const last = samples.at(-1);
  const ages = last?.ages;
  const seconds = (value: number | null | undefined) => (value == null ? unknown : `${formats.decimal(value)} s`);
  return (
    <div className="@container min-h-0 flex-1 overflow-y-auto p-4">
      <dl className="grid grid-cols-3 gap-2 @3xl:grid-cols-9">
        <Figure label={panel.flights} value={formats.count(statistics.shown)} />
        <Figure label={texts.airborne} value={formats.count(statistics.airborne)} />
        <Figure label={texts.onGround} value={formats.count(statistics.onGround)} />
        <Figure label={texts.emergencies} value={formats.count(statistics.emergencies)} />
        <Figure label={texts.positions} value={last === undefined ? unknown : formats.count(last.positionsPerSecond)} />
        <Figure label={texts.viewers} value={formats.count(connection?.viewers ?? 0)} />
        <Figure label={texts.messages} value={last === undefined ? unknown : formats.decimal(last.messagesPerSecond)} />
        <Figure
          label={texts.received}
          value={last === undefined ? unknown : formats.bytesPerSecond(last.bytesPerSecond)}
        />
        <Figure label={texts.resyncs} value={formats.count(pulse.resyncs)} />
      </dl>
      <dl className="mt-2 grid gap-2 @3xl:grid-cols-2">
        <Percentiles
          hint={texts.latencyHint}
          label={texts.latency}
          values={[
            [texts.median, seconds(inSeconds(last?.latency?.medianMs))],
            ["95 %", seconds(inSeconds(last?.latency?.p95Ms))],
            ["99 %", seconds(inSeconds(last?.latency?.p99Ms))],
          ]}
        />
        <Percentiles
          hint={texts.ageHint}
          label={texts.age}
          values={[
            [texts.median, seconds(ages?.medianS)],
            ["95 %", seconds(ages?.mostS)],
          ]}
        />
      </dl>
      <p className="mt-3 text-muted text-xs">
        {texts.filtered} {statistics.vehicles > 0 && texts.vehicles(formats.counted(statistics.shownVehicles))}
      </p>
      {sources !== null && sources.sources.length > 0 && <SourceList sources={sources} />}
      <div className="mt-6 gap-x-10 @3xl:columns-2 @7xl:columns-3">
        <OverTime
          name={texts.aircraftOverTime}
          of={({ aircraft }) => aircraft}
          samples={samples}
          write={(n) => formats.count(n)}
        />
        <OverTime
          name={texts.positionsOverTime}
          of={({ positionsPerSecond }) => positionsPerSecond}
          samples={samples}
          write={(n) => formats.count(n)}
        />
        <OverTime
          name={texts.bytesOverTime}
          of={({ bytesPerSecond }) => bytesPerSecond}
          samples={samples}
          write={(n) => formats.bytesPerSecond(n)}
        />
        <OverTime
          name={texts.latencyOverTime}
          of={({ latency }) => inSeconds(latency?.p95Ms)}
          samples={samples}
          write={(n) => `${formats.decimal(n)} s`}
        />
        <OverTime
          name={texts.ageOverTime}
          of={({ ages: { medianS } }) => medianS}
          samples={samples}
          write={(n) => `${formats.decimal(n)} s`}
        />
        <Bars
          items={statistics.byStatus
            .filter(({ count }) => count > 0)
            .map(({ status, count }) => ({ name: statuses[status], count }))}
          title={texts.byStatus}
        />
        <Bins
          bins={statistics.altitudeBins}
          nameOf={(bin) => formats.altitude(bin * ALTITUDE_STEP_FT)}
          numberOf={(bin) => formats.altitudeNumber(bin * ALTITUDE_STEP_FT)}
          title={`${texts.byAltitude} (${formats.altitudeUnit})`}
        />
        <Bins
          bins={statistics.speedBins}
          nameOf={(bin) => formats.speed(bin * SPEED_STEP_KT)}
          numberOf={(bin) => formats.speedNumber(bin * SPEED_STEP_KT)}
          title={`${texts.bySpeed} (${formats.speedUnit})`}
        />
        <Bars items={statistics.byCountry} title={texts.byCountry} />
        <Bars items={statistics.byOperator} title={texts.byOperator} />
        <Bars items={statistics.byType} title={texts.byType} />
        <Bars
          items={statistics.byCategory.map(({ kind, count }) => ({ name: categories[kind], count }))}
          title={texts.byCategory}
        />
        <Bars
          items={statistics.byAddressType.map(({ kind, count }) => ({ name: addressTypes[kind], count }))}
          title={texts.byAddressType}
        />
      </div>
    </div>
  );
}

function inSeconds(milliseconds: number | null | undefined): number | null {
  return milliseconds == null ? null : milliseconds / 1000;
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
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

function Percentiles({ label, hint, values }: PercentilesProps) {
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

function OverTime({ name, samples, of, write }: OverTimeProps) {
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
  const summary = texts.lineSummary(
    name,
    now === undefined ? unknown : write(now),
    known.length === 0 ? unknown : write(Math.min(...known)),
    high,
  );
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
          max {known.length === 0 ? unknown : high} · {texts.since(formats.age(spanMs))}
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

function Bars({ title, items }: { readonly title: string; readonly items: readonly NamedCount[] }) {
  const svg = useRef<SVGSVGElement>(null);
  if (items.length === 0) return null;
  return (
    <Section
      head={["name", "count"]}
      rows={() => items.map(({ name, count }) => [name, count])}
      chart={svg}
      title={title}
    >
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

function Bins({ title, bins, nameOf, numberOf }: BinsProps) {
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
