// A compact row for each aircraft that is selected beside the one whose card is open, over the map.
"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { FlightsClient } from "@/flights/client";
import { getAlso, subscribeAlso, toggleAlso } from "@/map/alsoSelected";
import { fromHere } from "@/map/here";
import { useHere } from "@/map/useHere";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Icon } from "./Icon";
import { rove } from "./roving";
import { useSnapshot } from "./useFlights";

interface Props {
  readonly client: FlightsClient;
  onChoose(icao24: number): void;
}

const NONE: readonly number[] = [];

export function AlsoRows({ client, onChoose }: Props) {
  const also = useSyncExternalStore(subscribeAlso, getAlso, () => NONE);
  // Once a second, with the other panels.
  useSnapshot(client);
  const { display } = useLaterTexts();
  useEffect(() => {
    client.read("also", also);
    return () => client.read("also", []);
  }, [client, also]);
  if (also.length === 0) return null;
  return (
    <ul
      aria-label={display.also}
      className="map-overlay also-rows pointer-events-auto absolute z-[500] divide-y divide-line/60 overflow-y-auto rounded-lg border border-line bg-raised/95 shadow-lg"
      ref={rove}
    >
      {also.map((icao24) => (
        <AlsoRow client={client} icao24={icao24} key={icao24} onChoose={onChoose} />
      ))}
    </ul>
  );
}

function AlsoRow({ client: { rows }, icao24, onChoose }: Props & { readonly icao24: number }) {
  const formats = useFormats();
  const { onGround } = useTexts();
  const { display, card } = useLaterTexts();
  const here = useHere();
  const row = rows.rowOf(icao24);
  const address = icao24.toString(16).padStart(6, "0");
  const name = (row < 0 ? "" : rows.textOf(row, "callsign")) || address;
  const place = row < 0 ? null : { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
  const values =
    row < 0
      ? [card.gone]
      : [
          rows.textOf(row, "aircraftType"),
          rows.isOnGround(row) ? onGround : formats.altitude(rows.altitudeFt(row)),
          formats.speed(rows.groundSpeedKt(row)),
          here === null || place === null ? "" : formats.distance(fromHere(here, place, null).distanceM),
        ];
  return (
    <li className="flex items-center gap-1 pr-1">
      <button
        className="flex min-h-9 min-w-0 flex-1 items-baseline gap-3 px-3 py-1.5 text-left hover:bg-sunken focus-visible:outline-offset-[-2px]"
        onClick={() => onChoose(icao24)}
        type="button"
      >
        <span className="font-medium text-ink text-sm">{name}</span>
        <span className="truncate text-muted text-xs tabular-nums">
          {values.filter((value) => value !== "").join(" · ")}
        </span>
      </button>
      <button
        aria-label={display.alsoRemove({ name })}
        className="grid size-7 flex-none place-items-center rounded text-muted hover:text-ink focus-visible:outline-offset-[-2px]"
        onClick={() => toggleAlso(icao24)}
        type="button"
      >
        <Icon name="close" size={14} />
      </button>
    </li>
  );
}
