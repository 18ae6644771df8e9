// From where to where the selected aircraft flies, how far it has come, and how long the rest takes at its present speed.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { type Airport, airportCalled, loadAirports } from "@/map/airports";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { routeProgress, shortAirportName } from "./routeProgress";

export function Route({ client, row }: { readonly client: FlightsClient; readonly row: number }) {
  const { card } = useTexts();
  const formats = useFormats();
  const airports = useAirports();
  const { rows } = client;
  const codes = [rows.textOf(row, "origin"), rows.textOf(row, "destination")] as const;
  if (codes[0] === "" && codes[1] === "") return null;
  const [origin, destination] = codes.map((code) => airportCalled(airports, code)) as [Airport | null, Airport | null];
  const place = { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
  const speedKt = rows.isOnGround(row) ? null : rows.groundSpeedKt(row);
  const progress = routeProgress(origin, destination, place, speedKt, rows.status(row) === "climbing");
  return (
    <div className="px-4 pt-3">
      <div className="flex items-center gap-3">
        <Code airport={origin} code={codes[0]} label={card.from} />
        <Progress share={progress?.share ?? null} />
        <Code airport={destination} code={codes[1]} label={card.to} />
      </div>
      <div className="mt-1 flex justify-between gap-4 text-muted text-xs">
        <span className="min-w-0 truncate">{origin === null ? "" : shortAirportName(origin.name)}</span>
        <span className="min-w-0 truncate text-right">
          {destination === null ? "" : shortAirportName(destination.name)}
        </span>
      </div>
      {progress !== null && (
        <div className="mt-1 flex justify-between gap-4 text-soft text-xs tabular-nums">
          <span className="flex-none">{card.flown(formats.distance(progress.flownM))}</span>
          <span className="min-w-0 truncate text-right">
            {card.left(formats.distance(progress.leftM))}
            {progress.leftMs !== null && ` · ${formats.duration(progress.leftMs)}`}
          </span>
        </div>
      )}
    </div>
  );
}

interface CodeProps {
  readonly label: string;
  readonly code: string;
  readonly airport: Airport | null;
}

/** The airport's IATA code, or the code in the data when it is unknown. */
function Code({ label, code, airport }: CodeProps) {
  const { unknown } = useTexts();
  return (
    <p className="flex-none font-semibold text-ink text-lg leading-tight" title={airport?.name}>
      <span className="sr-only">{label} </span>
      {airport?.iata || code || unknown}
    </p>
  );
}

function Progress({ share }: { readonly share: number | null }) {
  const percent = `${(100 * (share ?? 0)).toFixed(1)}%`;
  return (
    <span aria-hidden="true" className="relative h-4 min-w-0 flex-1">
      <span className="absolute inset-x-0 top-1/2 h-0.5 -translate-y-1/2 rounded-full bg-line" />
      {share !== null && (
        <>
          <span
            className="absolute top-1/2 left-0 h-0.5 -translate-y-1/2 rounded-full bg-accent"
            style={{ width: percent }}
          />
          <svg
            aria-hidden="true"
            className="absolute top-1/2 size-5 -translate-x-1/2 -translate-y-1/2 fill-accent"
            style={{ left: percent }}
            viewBox="-34 -34 68 68"
          >
            <path
              className="stroke-raised"
              d="M0-29 2.500-26 4-21 4-8 28 8 28 13 4 6 3 17 11 23 11 28 0 25-11 28-11 23-3 17-4 6-28 13-28 8-4-8-4-21-2.500-26Z"
              strokeWidth="6"
              style={{ paintOrder: "stroke" }}
              transform="rotate(90)"
            />
          </svg>
        </>
      )}
    </span>
  );
}

const NO_AIRPORTS: readonly Airport[] = [];

function useAirports(): readonly Airport[] {
  const [airports, setAirports] = useState(NO_AIRPORTS);
  useEffect(() => {
    let isCurrent = true;
    loadAirports()
      .then((loaded) => isCurrent && setAirports(loaded))
      .catch((error: unknown) => console.warn("The card shows no way between airports:", error));
    return () => {
      isCurrent = false;
    };
  }, []);
  return airports;
}
