// The tooltip of the aircraft under the pointer. Hidden from screen readers: the table has the same fields.
import { useEffect } from "react";
import type { FlightsClient } from "@/flights/client";
import { airportCode, useAirportsByCode } from "@/panels/airport/airportCodes";
import { useFormats, useTexts } from "@/texts/TextsContext";

export interface Hovered {
  readonly icao24: number;
  readonly x: number;
  readonly y: number;
}

export function HoverCard({ client, hovered }: { readonly client: FlightsClient; readonly hovered: Hovered }) {
  const texts = useTexts();
  const formats = useFormats();
  const airports = useAirportsByCode();
  const { rows } = client;
  const { icao24 } = hovered;
  useEffect(() => {
    client.read("pointer", [icao24]);
    return () => client.read("pointer", []);
  }, [client, icao24]);
  const row = rows.rowOf(icao24);
  if (row < 0) return null;
  const category = rows.category(row);
  const type = rows.textOf(row, "aircraftType") || (category === "unknown" ? "" : texts.categories[category]);
  const origin = rows.textOf(row, "origin");
  const destination = rows.textOf(row, "destination");
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 z-[600] rounded-lg border border-line bg-raised/95 px-3 py-2 text-xs shadow-lg"
      style={{ transform: `translate(${Math.round(hovered.x) + 16}px, ${Math.round(hovered.y) + 12}px)` }}
    >
      <div className="flex items-baseline gap-2">
        <span className="font-semibold text-ink text-sm">{rows.textOf(row, "callsign") || rows.icao24Text(row)}</span>
        <span className="text-muted">{type}</span>
      </div>
      {origin !== "" && destination !== "" && (
        <div className="text-muted">
          {airportCode(airports, origin)} → {airportCode(airports, destination)}
        </div>
      )}
      <div className="mt-1 flex gap-3 text-soft tabular-nums">
        <span>{rows.isOnGround(row) ? texts.onGround : formats.altitude(rows.altitudeFt(row))}</span>
        <span>{formats.speed(rows.groundSpeedKt(row))}</span>
      </div>
    </div>
  );
}
