// The tab of what is near a place: where distances are measured from, the nearest aircraft, and those that come closest in
// the next two minutes. It follows the second's pulse, like the other panels.
"use client";

import type { RefObject } from "react";
import type { FlightsClient } from "@/flights/client";
import type { MapHandle } from "@/map/FlightMap";
import { type Here, setHere } from "@/map/here";
import { useHere } from "@/map/useHere";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { rove } from "../roving";
import { closestSoonOf, type Near, nearestOf } from "./nearest";
import { useMyPlace } from "./useMyPlace";

interface Props {
  readonly client: FlightsClient;
  readonly map: RefObject<MapHandle | null>;
  onChoose(icao24: number): void;
}

const MOST_NEAREST = 12;
const MOST_SOON = 6;
const PLACE_ZOOM = 9;
const BUTTON =
  "min-h-9 rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-accent hover:text-accent";

export function NearbyPanel({ client, map, onChoose }: Props) {
  const { nearby } = useLaterTexts();
  const here = useHere();
  return (
    <div className="@container min-h-0 flex-1 space-y-6 overflow-y-auto p-4">
      <PlaceChoice
        here={here}
        onShow={(place) => map.current?.goTo(place, PLACE_ZOOM)}
        receiver={map.current?.receiver ?? null}
      />
      {here !== null && (
        <>
          {here.kind === "receiver" && <p className="text-muted text-xs">{nearby.outline}</p>}
          <NearList
            empty={nearby.none}
            near={nearestOf(client.rows, here, MOST_NEAREST)}
            onChoose={onChoose}
            rows={client.rows}
            title={nearby.nearest}
          />
          <NearList
            empty={nearby.noneSoon}
            hint={nearby.soonHint}
            isSoon
            near={closestSoonOf(client.rows, here, MOST_SOON)}
            onChoose={onChoose}
            rows={client.rows}
            title={nearby.soon}
          />
        </>
      )}
    </div>
  );
}

interface PlaceProps {
  readonly here: Here | null;
  readonly receiver: Here | null;
  onShow(here: Here): void;
}

function PlaceChoice({ here, receiver, onShow }: PlaceProps) {
  const { nearby } = useLaterTexts();
  const formats = useFormats();
  const { state, ask } = useMyPlace();
  return (
    <section aria-label={nearby.here}>
      {here === null ? (
        <p className="mb-3 text-soft text-sm">{nearby.nowhere}</p>
      ) : (
        <p className="mb-3 text-sm">
          <span className="text-muted">{nearby.here} </span>
          <button className="font-medium text-accent hover:underline" onClick={() => onShow(here)} type="button">
            {here.name || (here.kind === "receiver" ? nearby.receiver : nearby.person)}
          </button>
          <span className="ml-2 text-muted text-xs tabular-nums">
            {formats.latitude(here.latitudeDeg)} {formats.longitude(here.longitudeDeg)}
          </span>
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {here?.kind !== "person" && (
          <button className={BUTTON} disabled={state === "locating"} onClick={ask} type="button">
            {nearby.useMine}
          </button>
        )}
        {here?.kind !== "receiver" && receiver !== null && (
          <button className={BUTTON} onClick={() => setHere(receiver)} type="button">
            {nearby.useReceiver}
          </button>
        )}
        {here?.kind === "person" && (
          <button className={BUTTON} onClick={() => setHere(receiver)} type="button">
            {nearby.forget}
          </button>
        )}
      </div>
      <p className="mt-2 text-muted text-xs" role="status">
        {state === "idle" ? nearby.privacy : nearby[state]}
      </p>
    </section>
  );
}

interface ListProps {
  readonly title: string;
  readonly hint?: string;
  readonly empty: string;
  readonly near: readonly Near[];
  readonly rows: FlightsClient["rows"];
  readonly isSoon?: boolean;
  onChoose(icao24: number): void;
}

function NearList({ title, hint, empty, near, rows, isSoon = false, onChoose }: ListProps) {
  const { nearby } = useLaterTexts();
  const { onGround } = useTexts();
  const formats = useFormats();
  return (
    <section>
      <h2 className="font-medium text-soft text-sm">{title}</h2>
      {hint !== undefined && <p className="text-muted text-xs">{hint}</p>}
      {near.length === 0 && <p className="mt-1 text-muted text-sm">{empty}</p>}
      <ul className="mt-1 divide-y divide-line/60" ref={rove}>
        {near.map(({ icao24, row, distanceM, bearingDeg, elevationDeg, closest }) => (
          <li key={icao24}>
            <button
              className="grid w-full grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 rounded-md px-1 py-1.5 text-left hover:bg-sunken"
              onClick={() => onChoose(icao24)}
              type="button"
            >
              <span className="truncate text-ink text-sm">
                {rows.textOf(row, "callsign") || rows.icao24Text(row)}{" "}
                <span className="text-muted text-xs">{rows.textOf(row, "aircraftType")}</span>
              </span>
              <span className="text-right text-ink text-sm tabular-nums">
                {formats.distance(isSoon && closest !== null ? closest.distanceM : distanceM)}{" "}
                <span className="text-muted text-xs">
                  {isSoon && closest !== null
                    ? nearby.inTime({ time: formats.age(closest.inS * 1000) })
                    : formats.track(bearingDeg)}
                </span>
              </span>
              <span className="col-span-2 truncate text-muted text-xs tabular-nums">
                {rows.isOnGround(row) ? onGround : formats.altitude(rows.altitudeFt(row))}
                {elevationDeg !== null && ` · ${elevationText(elevationDeg, nearby)}`}
                {isSoon && ` · ${formats.distance(distanceM)} ${formats.track(bearingDeg)}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function elevationText(elevationDeg: number, nearby: ReturnType<typeof useLaterTexts>["nearby"]): string {
  return elevationDeg < 0 ? nearby.belowHorizon : nearby.elevation({ degrees: `${Math.round(elevationDeg)}°` });
}
