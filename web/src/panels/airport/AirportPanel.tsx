// The panel of an airport: who comes, who leaves and who is there, who landed and took off in the last two hours, its
// runways, and the switch that shows only its flights. Its numbers follow the picture about once a second.
"use client";

import { type RefObject, useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { LatLon } from "@/flights/greatCircle";
import type { Pulse } from "@/flights/workerMessages";
import { type Airfield, loadAirfields } from "@/map/airfields";
import { airportCalled, loadAirports } from "@/map/airports";
import type { MapHandle } from "@/map/FlightMap";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Choices, Switch } from "../Controls";
import { shortAirportName } from "../card/routeProgress";
import { Icon } from "../Icon";
import type { HeldFilters } from "../useFilters";
import { ArrivalBars } from "./ArrivalBars";
import { trafficOf } from "./airportTraffic";
import { BOARDS, Board, type BoardName } from "./Board";
import { RunwayTable } from "./RunwayTable";
import { usePastMovements } from "./usePastMovements";

interface Props {
  readonly icao: string;
  readonly client: FlightsClient;
  readonly filters: HeldFilters;
  readonly hasHistory: boolean;
  readonly map: RefObject<MapHandle | null>;
  /** A new one asks for new numbers. */
  readonly pulse: Pulse;
  /** Select an aircraft and show it on the map. */
  onChoose(icao24: number): void;
  onClose(): void;
}

const ZOOM = 12;

export function AirportPanel({ icao, client, filters: held, hasHistory, map, onChoose, onClose }: Props) {
  const texts = useTexts();
  const { airport: words } = useLaterTexts();
  const formats = useFormats();
  const [board, setBoard] = useState<BoardName>("arrivals");
  const { airfield, isLoading } = useAirfield(icao);
  const movements = usePastMovements(client, hasHistory ? airfield : null);
  if (airfield === null) {
    return (
      <p className="p-4 text-muted text-sm">{isLoading ? `${texts.connection.loading} …` : words.unknownAirport}</p>
    );
  }
  const { filters, setFilters } = held;
  const traffic = trafficOf(client.rows, icao, airfield);
  const past = hasHistory ? movements : null;
  const present = { arrivals: traffic.inbound, departures: traffic.outbound, ground: traffic.onGround };
  const isOnly = filters.airports.length === 1 && filters.airports[0] === icao;
  const country =
    airfield.country === "" ? "" : new Intl.DisplayNames(formats.language, { type: "region" }).of(airfield.country);
  const show = (place: LatLon) => map.current?.goTo(place, ZOOM);
  return (
    <section aria-label={airfield.name} className="min-h-0 flex-1 space-y-5 overflow-y-auto p-4">
      <div>
        <div className="flex items-start justify-between gap-2">
          <h2 className="min-w-0 font-semibold text-ink text-lg leading-snug">{shortAirportName(airfield.name)}</h2>
          <button
            aria-label={texts.close}
            className="-mt-1 grid size-9 flex-none place-items-center rounded-lg text-muted hover:bg-sunken hover:text-ink"
            onClick={onClose}
            type="button"
          >
            <Icon name="close" />
          </button>
        </div>
        <p className="text-muted text-sm">
          {[
            [airfield.iata, icao].filter((code) => code !== "").join(" / "),
            [airfield.city, country].filter(Boolean).join(", "),
            airfield.elevationFt === null ? "" : formats.altitude(airfield.elevationFt),
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </p>
      </div>
      <dl className="grid grid-cols-3 gap-2">
        {(
          [
            [words.inbound, traffic.inbound, traffic.hasRoutes],
            [words.outbound, traffic.outbound, traffic.hasRoutes],
            [words.onGround, traffic.onGround, true],
          ] as const
        ).map(([label, all, isKnown]) => (
          <div className="flex flex-col-reverse rounded-xl border border-line bg-sunken px-3 py-2" key={label}>
            <dt className="text-muted text-xs">{label}</dt>
            <dd className="font-semibold text-ink text-lg tabular-nums">
              {isKnown ? formats.count(all.length) : texts.unknown}
            </dd>
          </div>
        ))}
      </dl>
      {!traffic.hasRoutes && <p className="text-muted text-sm">{words.noRoutes}</p>}
      <div className="flex flex-wrap items-center justify-between gap-3">
        {(traffic.hasRoutes || isOnly) && (
          <Switch isOn={isOnly} onChange={(isOn) => setFilters({ ...filters, airports: isOn ? [icao] : [] })}>
            {words.onlyThis}
          </Switch>
        )}
        <button
          className="flex h-9 items-center gap-2 rounded-lg border border-line px-3 text-data text-soft hover:border-accent hover:text-ink"
          onClick={() => show(airfield)}
          type="button"
        >
          <Icon name="target" size={16} />
          {words.show}
        </button>
      </div>
      {(traffic.hasRoutes || past !== null) && (
        <ArrivalBars inbound={traffic.inbound} nowMs={client.shownTimeMs()} past={past} />
      )}
      <div className="space-y-3">
        <Choices
          label={words.board}
          name="board"
          onChoose={(value) => setBoard(value)}
          options={BOARDS.map((value) => ({ value, label: words[value] }))}
          value={board}
        />
        <Board
          hasRoutes={traffic.hasRoutes}
          movements={present[board]}
          name={board}
          nowMs={client.shownTimeMs()}
          onChoose={onChoose}
          past={past}
          rows={client.rows}
        />
      </div>
      <RunwayTable runways={airfield.runways} />
    </section>
  );
}

/** The airfield of a code. Some airports have no entry there: then what the map knows. */
function useAirfield(icao: string): { readonly airfield: Airfield | null; readonly isLoading: boolean } {
  const [found, setFound] = useState<{ readonly airfield: Airfield | null; readonly isLoading: boolean }>({
    airfield: null,
    isLoading: true,
  });
  useEffect(() => {
    let isCurrent = true;
    const load = async () => {
      const [airfields, airports] = await Promise.all([loadAirfields(), loadAirports()]);
      const known = airportCalled(airports, icao);
      const unlisted = known === null ? null : { ...known, city: "", country: "", elevationFt: null, runways: [] };
      return airfields.find((airfield) => airfield.icao === icao) ?? unlisted;
    };
    load()
      .then((airfield) => isCurrent && setFound({ airfield, isLoading: false }))
      .catch((error: unknown) => {
        console.warn("The airport did not load:", error);
        if (isCurrent) setFound({ airfield: null, isLoading: false });
      });
    return () => {
      isCurrent = false;
    };
  }, [icao]);
  return found;
}
