// The board of an airport: arrivals by their estimated time, departures by their distance, and the aircraft on its ground;
// below, who landed and took off in the last two hours, if the tracker keeps a history.
"use client";

import type { FlightRows } from "@/flights/flightRows";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { shortAirportName } from "../card/routeProgress";
import { rove } from "../roving";
import { airportCode, useAirportsByCode } from "./airportCodes";
import type { Movement } from "./airportTraffic";
import type { PastMovement } from "./pastMovements";

export const BOARDS = ["arrivals", "departures", "ground"] as const;
export type BoardName = (typeof BOARDS)[number];

interface Props {
  readonly name: BoardName;
  readonly movements: readonly Movement[];
  readonly hasRoutes: boolean;
  /** Null when the tracker keeps no history. */
  readonly past: readonly PastMovement[] | null;
  readonly rows: FlightRows;
  readonly nowMs: number;
  onChoose(icao24: number): void;
}

interface Line {
  readonly key: string;
  readonly icao24: number;
  /** Time or status. */
  readonly first: string;
  readonly flight: string;
  /** ICAO code of the other airport. */
  readonly other: string;
  readonly aircraftType: string;
  readonly distance: string | null;
}

const MOST_ROWS = 100;
/** Of the columns; the airport has the rest. */
const WIDTHS = ["w-[18%] @lg:w-19", "w-[21%] @lg:w-22", "", "w-[12%] @lg:w-13", "w-[18%] text-right @lg:w-21"] as const;

export function Board({ name, movements, hasRoutes, past, rows, nowMs, onChoose }: Props) {
  const texts = useTexts();
  const { airport: words } = useLaterTexts();
  const formats = useFormats();
  const isArrivals = name === "arrivals";
  const timeOf = (timeMs: number) => formats.timeOfDay(timeMs).slice(0, "hh:mm".length);
  const headings = [words.flight, isArrivals ? words.from : words.to, words.type];
  const estimate = (leftMs: number | null) => (leftMs === null ? texts.unknown : timeOf(nowMs + leftMs));
  const lines = movements.map(({ row, icao24, distanceM, leftMs }) => ({
    key: String(icao24),
    icao24,
    first: isArrivals ? estimate(leftMs) : texts.statuses[rows.status(row)],
    flight: rows.textOf(row, "callsign") || rows.textOf(row, "registration") || rows.icao24Text(row),
    other: rows.textOf(row, isArrivals ? "origin" : "destination"),
    aircraftType: rows.textOf(row, "aircraftType"),
    distance: name === "ground" ? null : formats.distance(distanceM),
  }));
  const earlier = (past ?? [])
    .filter(({ isLanding }) => isLanding === isArrivals)
    .map(({ icao24, timeMs, flight, origin, destination, aircraftType }) => ({
      ...{ key: `${icao24} ${timeMs}`, icao24, first: timeOf(timeMs), flight, aircraftType, distance: null },
      other: isArrivals ? origin : destination,
    }));
  const inTheAir = hasRoutes
    ? { arrivals: words.noArrivals, departures: words.noDepartures }
    : { arrivals: words.unknownArrivals, departures: words.unknownDepartures };
  const nobody = { ...inTheAir, ground: words.noneOnGround };
  return (
    <div>
      <Lines
        headings={[
          isArrivals ? words.estimated : words.departed,
          ...headings,
          ...(name === "ground" ? [] : [words.distance]),
        ]}
        lines={lines}
        nobody={nobody[name]}
        onChoose={onChoose}
      />
      {past !== null && name !== "ground" && (
        <>
          <h3 className="mt-4 mb-1.5 font-medium text-soft text-sm">{isArrivals ? words.landed : words.tookOff}</h3>
          <Lines headings={[words.time, ...headings]} lines={earlier} nobody={words.noneEarlier} onChoose={onChoose} />
        </>
      )}
    </div>
  );
}

interface LinesProps {
  readonly headings: readonly string[];
  readonly lines: readonly Line[];
  /** What is shown without lines. */
  readonly nobody: string;
  onChoose(icao24: number): void;
}

function Lines({ headings, lines, nobody, onChoose }: LinesProps) {
  const { unknown } = useTexts();
  const { airport: words } = useLaterTexts();
  const formats = useFormats();
  const airports = useAirportsByCode();
  if (lines.length === 0) return <p className="text-muted text-sm">{nobody}</p>;
  const more = lines.length - MOST_ROWS;
  return (
    <div className="@container">
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
        <tbody className="divide-y divide-line" ref={rove}>
          {lines.slice(0, MOST_ROWS).map((line) => {
            const other = airports.get(line.other);
            return (
              <tr className="h-9 text-soft tabular-nums" key={line.key}>
                <td className="truncate pr-2 text-ink">{line.first}</td>
                <td className="truncate pr-2">
                  <button
                    className="max-w-full truncate py-1.5 font-medium text-accent hover:underline"
                    onClick={() => onChoose(line.icao24)}
                    type="button"
                  >
                    {line.flight}
                  </button>
                </td>
                <td className="truncate pr-2" title={other?.name}>
                  {other === undefined
                    ? line.other || unknown
                    : `${airportCode(airports, line.other)} ${shortAirportName(other.name)}`}
                </td>
                <td className="truncate pr-2">{line.aircraftType || unknown}</td>
                {line.distance !== null && <td className="truncate text-right">{line.distance}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {more > 0 && <p className="pt-2 text-muted text-xs">{words.more({ count: formats.count(more) })}</p>}
    </div>
  );
}
