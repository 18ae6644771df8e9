// From where to where the selected aircraft flies, how far it has come, when it took off as its track shows, and when it arrives
// at its present speed.
"use client";

import type { FlightsClient } from "@/flights/client";
import { type Airport, airportCalled, loadAirports } from "@/map/airports";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { useFile } from "../useFile";
import { type AirportCity, loadAirportCities } from "./airportCities";
import { flightTimes } from "./flightTimes";
import { routeProgress, shortAirportName } from "./routeProgress";

export function Route({ client, row }: { readonly client: FlightsClient; readonly row: number }) {
  const { card } = useLaterTexts();
  const formats = useFormats();
  const airports = useFile(loadAirports, "the progress between airports") ?? NO_AIRPORTS;
  const cities = useFile(loadAirportCities, "the cities of airports");
  const { rows } = client;
  const codes = [rows.textOf(row, "origin"), rows.textOf(row, "destination")] as const;
  if (codes[0] === "" && codes[1] === "") return null;
  const [origin, destination] = codes.map((code) => airportCalled(airports, code)) as [Airport | null, Airport | null];
  const place = { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
  const isOnGround = rows.isOnGround(row);
  const speedKt = isOnGround ? null : rows.groundSpeedKt(row);
  const progress = routeProgress(origin, destination, place, speedKt, rows.status(row) === "climbing");
  const nowMs = client.shownTimeMs();
  const points = client.earlier.pointsOf(rows.icao24[row] as number);
  const { tookOffMs, landedMs } = flightTimes(points, nowMs, origin, destination);
  const clock = (timeMs: number) => formats.timeOfDay(timeMs).slice(0, "hh:mm".length);
  const arrival =
    landedMs !== null && isOnGround
      ? card.landedAt({ time: clock(landedMs) })
      : progress?.leftMs == null
        ? ""
        : card.estimatedAt({ time: clock(nowMs + progress.leftMs) });
  return (
    <div className="px-4 pt-3">
      <div className="flex items-center gap-3">
        <Code airport={origin} code={codes[0]} label={card.from} />
        <Progress share={progress?.share ?? null} />
        <Code airport={destination} code={codes[1]} label={card.to} />
      </div>
      <div className="mt-1 flex justify-between gap-4 text-soft text-xs">
        <Place airport={origin} city={cities?.get(codes[0])} />
        <Place airport={destination} city={cities?.get(codes[1])} isRight />
      </div>
      {(tookOffMs !== null || arrival !== "") && (
        <div className="mt-1 flex justify-between gap-4 text-ink text-xs tabular-nums" data-testid="flight-times">
          <span className="flex-none">{tookOffMs === null ? "" : card.tookOffAt({ time: clock(tookOffMs) })}</span>
          <span className="min-w-0 truncate text-right">{arrival}</span>
        </div>
      )}
      {progress !== null && (
        <div className="mt-1 flex justify-between gap-4 text-muted text-xs tabular-nums">
          <span className="flex-none">{card.flown({ distance: formats.distance(progress.flownM) })}</span>
          <span className="min-w-0 truncate text-right">
            {card.left({ distance: formats.distance(progress.leftM) })}
            {progress.leftMs !== null && ` · ${formats.duration(progress.leftMs)}`}
          </span>
        </div>
      )}
    </div>
  );
}

interface PlaceProps {
  readonly airport: Airport | null;
  readonly city: AirportCity | undefined;
  readonly isRight?: boolean;
}

/** The city and its country, or the airport's name where the city is unknown. */
function Place({ airport, city, isRight = false }: PlaceProps) {
  const { language } = useFormats();
  const name = city?.city || (airport === null ? "" : shortAirportName(airport.name));
  const country =
    city === undefined ? "" : (new Intl.DisplayNames(language, { type: "region" }).of(city.country) ?? "");
  const text = [name, country].filter((part) => part !== "").join(", ");
  return (
    <span className={`min-w-0 truncate ${isRight ? "text-right" : ""}`} title={airport?.name}>
      {text}
    </span>
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
