// Everything that is known of the selected aircraft. Patched once a second with the rest of the panels.
import type { FlightsClient } from "@/flights/client";
import {
  capitalised,
  formatAge,
  formatAltitude,
  formatFlightLevel,
  formatLatitude,
  formatLongitude,
  formatSpeed,
  formatTrack,
  formatVerticalRate,
  UNKNOWN,
} from "./format";
import { Icon } from "./Icon";

interface Props {
  readonly client: FlightsClient;
  readonly selected: number;
  onShow(): void;
  onClose(): void;
}

export function DetailCard({ client, selected, onShow, onClose }: Props) {
  const { rows } = client;
  const row = rows.rowOf(selected);
  return (
    <section
      aria-label="Selected aircraft"
      className="map-overlay absolute inset-x-2 bottom-[116px] z-[650] rounded-xl border border-line bg-raised/95 shadow-xl wide:inset-x-auto wide:top-3 wide:bottom-auto wide:left-3 wide:w-80"
    >
      <div className="flex items-start gap-3 border-line border-b px-4 py-3">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-ink text-lg leading-tight">
            {row < 0 ? "Gone" : rows.textOf(row, "callsign") || rows.icao24Text(row)}
          </h2>
          <p className="truncate text-muted text-sm">
            {row < 0 ? "This aircraft is not reported any more." : subtitleOf(client, row)}
          </p>
        </div>
        <CardButton icon="target" label="Show on the map" onClick={onShow} />
        <CardButton icon="close" label="Close" onClick={onClose} />
      </div>
      {row >= 0 && <Details client={client} row={row} />}
    </section>
  );
}

function subtitleOf({ rows }: FlightsClient, row: number): string {
  return (
    [rows.nameOf(row, "operator"), rows.textOf(row, "aircraftType"), rows.textOf(row, "registration")]
      .filter((text) => text !== "")
      .join(" · ") || "Nothing else is known of it"
  );
}

function Details({ client, row }: { readonly client: FlightsClient; readonly row: number }) {
  const { rows } = client;
  const altitudeFt = rows.altitudeFt(row);
  const isEmergency = rows.isEmergency(row);
  return (
    <>
      <div className="flex items-center justify-between gap-3 px-4 pt-3">
        <Airport code={rows.textOf(row, "origin")} label="From" />
        <span aria-hidden="true" className="h-px flex-1 bg-line" />
        <span
          className={`rounded-full px-2.5 py-0.5 font-medium text-xs ${isEmergency ? "bg-danger/15 text-danger" : "bg-accent/15 text-accent"}`}
        >
          {isEmergency ? "Emergency" : capitalised(rows.status(row))}
        </span>
        <span aria-hidden="true" className="h-px flex-1 bg-line" />
        <Airport code={rows.textOf(row, "destination")} label="To" />
      </div>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-2.5 px-4 py-3 wide:grid-cols-2">
        <Fact label="Altitude" value={formatAltitude(altitudeFt)} extra={formatFlightLevel(altitudeFt)} />
        <Fact label="Ground speed" value={formatSpeed(rows.groundSpeedKt(row))} />
        <Fact label="Track" value={formatTrack(rows.trackDeg(row))} />
        <Fact label="Vertical rate" value={formatVerticalRate(rows.verticalRateFpm(row))} />
        <Fact label="Squawk" value={rows.squawk(row) || UNKNOWN} />
        <Fact label="Position" value={`${formatAge(client.serverTimeMs() - rows.positionTimeMs(row))} ago`} />
        <div className="col-span-full hidden grid-cols-2 gap-x-4 gap-y-2.5 wide:grid">
          <Fact label="Geometric altitude" value={formatAltitude(rows.geometricAltitudeFt(row))} />
          <Fact label="Country" value={rows.nameOf(row, "originCountry") || UNKNOWN} />
          <Fact label="Latitude" value={formatLatitude(rows.latitudeDeg(row))} />
          <Fact label="Longitude" value={formatLongitude(rows.longitudeDeg(row))} />
          <Fact label="ICAO address" value={rows.icao24Text(row)} />
          <Fact label="Source" value={rows.nameOf(row, "source") || UNKNOWN} />
        </div>
      </dl>
    </>
  );
}

function Airport({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <div className="text-center">
      <p className="text-[11px] text-muted">{label}</p>
      <p className="font-semibold text-ink">{code || UNKNOWN}</p>
    </div>
  );
}

function Fact({
  label,
  value,
  extra = "",
}: {
  readonly label: string;
  readonly value: string;
  readonly extra?: string;
}) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-[11px] text-muted">{label}</dt>
      <dd className="truncate text-ink text-sm tabular-nums">
        {value} {extra !== "" && <span className="hidden text-muted text-xs wide:inline">{extra}</span>}
      </dd>
    </div>
  );
}

function CardButton({
  icon,
  label,
  onClick,
}: {
  readonly icon: "target" | "close";
  readonly label: string;
  onClick(): void;
}) {
  return (
    <button
      aria-label={label}
      className="grid size-8 flex-none place-items-center rounded-lg border border-line text-muted hover:text-accent"
      onClick={onClick}
      type="button"
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
