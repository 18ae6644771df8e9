// The connection: what this page receives, how much, and how late. Always of the present.
"use client";

import type { Sources } from "@/flights/sources";
import type { Connection, Pulse } from "@/flights/workerMessages";
import { withUnit } from "@/texts/formats";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import type { Sample } from "./history";
import { SourceList } from "./SourceList";
import { Figure, inSeconds, OverTime, Percentiles } from "./sections";

interface Props {
  readonly pulse: Pulse;
  readonly samples: readonly Sample[];
  readonly connection: Connection | null;
  /** Null while they are unknown. */
  readonly sources: Sources | null;
  readonly isPast: boolean;
}

export function ConnectionStatistics({ pulse, samples, connection, sources, isPast }: Props) {
  const { unknown } = useTexts();
  const { statistics: texts } = useLaterTexts();
  const formats = useFormats();
  const last = samples.at(-1);
  const ages = last?.ages;
  const seconds = (value: number | null | undefined) =>
    value == null ? unknown : withUnit(formats.decimal(value), "s");
  return (
    <>
      {isPast && <p className="mb-3 text-muted text-xs">{texts.ofThePresent}</p>}
      <dl className="grid grid-cols-3 gap-2 @3xl:grid-cols-5">
        <Figure label={texts.positions} value={last === undefined ? unknown : formats.count(last.positionsPerSecond)} />
        <Figure label={texts.messages} value={last === undefined ? unknown : formats.decimal(last.messagesPerSecond)} />
        <Figure
          label={texts.received}
          value={last === undefined ? unknown : formats.bytesPerSecond(last.bytesPerSecond)}
        />
        <Figure label={texts.resyncs} value={formats.count(pulse.resyncs)} />
        <Figure label={texts.viewers} value={formats.count(connection?.viewers ?? 0)} />
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
      {sources !== null && sources.sources.length > 0 && <SourceList sources={sources} />}
      <div className="mt-6 gap-x-10 @3xl:columns-2 @7xl:columns-3">
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
          write={(n) => withUnit(formats.decimal(n), "s")}
        />
        <OverTime
          name={texts.ageOverTime}
          of={({ ages: { medianS } }) => medianS}
          samples={samples}
          write={(n) => withUnit(formats.decimal(n), "s")}
        />
      </div>
    </>
  );
}
