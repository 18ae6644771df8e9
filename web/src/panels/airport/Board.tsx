// The board of an airport: arrivals by their estimated time, departures by their distance, and the aircraft on its ground.
"use client";

import { useEffect, useState } from "react";
import type { FlightRows } from "@/flights/flightRows";
import { type Airport, loadAirports } from "@/map/airports";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { shortAirportName } from "../card/routeProgress";
import type { Movement } from "./airportTraffic";

export const BOARDS = ["arrivals", "departures", "ground"] as const;
export type BoardName = (typeof BOARDS)[number];

interface Props {
  readonly name: BoardName;
  readonly movements: readonly Movement[];
  readonly rows: FlightRows;
  readonly nowMs: number;
  onChoose(icao24: number): void;
}

const MOST_ROWS = 100;
/** Of the columns; the airport has the rest. */
const WIDTHS = ["w-[18%]", "w-[21%]", "", "w-[12%]", "w-[18%] text-right"] as const;

export function Board({ name, movements, rows, nowMs, onChoose }: Props) {
  const texts = useTexts();
  const { airport: words } = useLaterTexts();
  const formats = useFormats();
  const airports = useAirportsByCode();
  if (movements.length === 0) {
    const nobody = { arrivals: words.noArrivals, departures: words.noDepartures, ground: words.noneOnGround };
    return <p className="text-muted text-sm">{nobody[name]}</p>;
  }
  const isArrivals = name === "arrivals";
  const headings = [
    isArrivals ? words.estimated : words.departed,
    words.flight,
    isArrivals ? words.from : words.to,
    ...(name === "ground" ? [words.type] : [words.type, words.distance]),
  ];
  const more = movements.length - MOST_ROWS;
  return (
    <div>
      <table className="w-full table-fixed text-data">
        <thead className="text-left text-muted text-xs">
          <tr>
            {headings.map((heading, i) => (
              <th className={`pb-1.5 font-medium ${WIDTHS[i] ?? ""}`} key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {movements.slice(0, MOST_ROWS).map(({ row, icao24, distanceM, leftMs }) => {
            const code = rows.textOf(row, isArrivals ? "origin" : "destination");
            const other = airports.get(code);
            return (
              <tr className="h-9 text-soft tabular-nums" key={icao24}>
                <td className="truncate pr-2 text-ink">
                  {isArrivals
                    ? leftMs === null
                      ? texts.unknown
                      : formats.timeOfDay(nowMs + leftMs).slice(0, "hh:mm".length)
                    : texts.statuses[rows.status(row)]}
                </td>
                <td className="truncate pr-2">
                  <button
                    className="max-w-full truncate py-1.5 font-medium text-accent hover:underline"
                    onClick={() => onChoose(icao24)}
                    type="button"
                  >
                    {rows.textOf(row, "callsign") || rows.textOf(row, "registration") || rows.icao24Text(row)}
                  </button>
                </td>
                <td className="truncate pr-2" title={other?.name}>
                  {other === undefined
                    ? code || texts.unknown
                    : `${other.iata || code} ${shortAirportName(other.name)}`}
                </td>
                <td className="truncate pr-2">{rows.textOf(row, "aircraftType") || texts.unknown}</td>
                {name !== "ground" && <td className="truncate text-right">{formats.distance(distanceM)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {more > 0 && <p className="pt-2 text-muted text-xs">{words.more(formats.count(more))}</p>}
    </div>
  );
}

function useAirportsByCode(): ReadonlyMap<string, Airport> {
  const [airports, setAirports] = useState<ReadonlyMap<string, Airport>>(new Map());
  useEffect(() => {
    let isCurrent = true;
    loadAirports()
      .then((all) => isCurrent && setAirports(new Map(all.map((airport) => [airport.icao, airport]))))
      .catch((error: unknown) => console.warn("The board shows codes without names:", error));
    return () => {
      isCurrent = false;
    };
  }, []);
  return airports;
}
