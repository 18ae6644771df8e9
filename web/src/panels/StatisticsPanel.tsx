// Counts, traffic, and how the aircraft spread over statuses, countries, altitudes and speeds, once a second.
import type { ReactNode } from "react";
import { ALTITUDE_STEP_FT, SPEED_STEP_KT } from "@/flights/statistics";
import type { Connection, Pulse } from "@/flights/workerMessages";
import { Histogram, HorizontalBars } from "./charts";
import { capitalised, formatBytesPerSecond, formatCount } from "./format";

const MOST_COUNTRIES = 12;

export function StatisticsPanel({
  pulse,
  connection,
}: {
  readonly pulse: Pulse;
  readonly connection: Connection | null;
}) {
  const { statistics } = pulse;
  return (
    <div className="min-h-0 flex-1 space-y-6 overflow-y-auto p-4">
      <dl className="grid grid-cols-3 gap-2">
        <Figure label="Aircraft" value={formatCount(statistics.shown)} />
        <Figure label="Airborne" value={formatCount(statistics.airborne)} />
        <Figure label="On the ground" value={formatCount(statistics.onGround)} />
        <Figure label="Emergencies" value={formatCount(statistics.emergencies)} />
        <Figure label="Positions/s" value={formatCount(pulse.updatesPerSecond)} />
        <Figure label="Viewers" value={formatCount(connection?.viewers ?? 0)} />
        <Figure label="Messages/s" value={pulse.messagesPerSecond.toFixed(1)} />
        <Figure label="Received" value={formatBytesPerSecond(pulse.bytesPerSecond)} />
        <Figure label="Resyncs" value={formatCount(pulse.resyncs)} />
      </dl>
      <Section title="Status">
        <HorizontalBars
          items={statistics.byStatus
            .filter(({ count }) => count > 0)
            .map(({ status, count }) => ({ name: capitalised(status), count }))}
        />
      </Section>
      <Section title="Altitude of airborne aircraft">
        <Histogram
          counts={statistics.altitudeBins}
          label="Aircraft by altitude"
          nameOf={(bin) => (bin === 0 ? "0" : `${(bin * ALTITUDE_STEP_FT) / 1000}k`)}
          unit="ft"
        />
      </Section>
      <Section title="Speed of airborne aircraft">
        <Histogram
          counts={statistics.speedBins}
          label="Aircraft by ground speed"
          nameOf={(bin) => String(bin * SPEED_STEP_KT)}
          unit="kt"
        />
      </Section>
      <Section title="Countries">
        <HorizontalBars items={statistics.byCountry.slice(0, MOST_COUNTRIES)} />
      </Section>
    </div>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="rounded-lg border border-line bg-sunken px-3 py-2.5">
      <dt className="truncate text-muted text-xs">{label}</dt>
      <dd className="truncate font-semibold text-ink text-lg tabular-nums leading-tight">{value}</dd>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2.5 font-medium text-soft text-sm">{title}</h3>
      {children}
    </section>
  );
}
