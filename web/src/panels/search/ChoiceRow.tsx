// One line of the search's results: a code or name, what it is, and at the right what there is of it now.
"use client";

import type { FlightsClient } from "@/flights/client";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { airportCode, useAirportsByCode } from "../airport/airportCodes";
import { shortAirportName } from "../card/routeProgress";
import { LineIcon } from "../Icon";
import { keyName } from "../keyName";
import type { Found } from "./find";

export type Choice =
  | Found
  | { readonly kind: "onlyText"; readonly text: string; readonly terms: number }
  /** @param name as the data has it. */
  | { readonly kind: "onlyCountry"; readonly name: string; readonly localName: string };

const PATHS = {
  plane:
    "M12 2.500 13.500 5v4.500L21 14v2l-7.500-2v4l2.500 2v1.500L12 20.500l-4 1V20l2.500-2v-4L3 16v-2l7.500-4.500V5L12 2.500Z",
  airport: "M8 21h8M9.500 21l.500-10h4l.500 10M8 7h8l-1.500 4h-5L8 7Zm4-4v4",
  airline: "M4 18h16M5 15 17 4h3l-3 11H5Z",
  flag: "M5 21V4m0 1c5-3 8 3 14 0v9c-6 3-9-3-14 0",
  pin: "M12 21s7-6.500 7-11.500a7 7 0 1 0-14 0C5 14.500 12 21 12 21Zm0-13.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  command: "m5 8 4 4-4 4m7 0h7",
  filter: "M4 5h16l-6 7.500V19l-4-2v-4.500L4 5Z",
  target: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0-5v5m0 10v5M2 12h5m10 0h5",
} as const;

interface Props {
  readonly choice: Choice;
  readonly client: FlightsClient | null;
  readonly id: string;
  readonly place: number;
  readonly isActive: boolean;
  onChoose(): void;
  onPoint(): void;
}

export function ChoiceRow({ choice, client, id, place, isActive, onChoose, onPoint }: Props) {
  const { icon, title, detail, right } = useWords(choice, client);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
    <div
      aria-selected={isActive}
      className="flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-2 py-1.5 text-sm text-soft aria-selected:bg-accent/15"
      data-at={place}
      id={id}
      onClick={onChoose}
      onPointerMove={isActive ? undefined : onPoint}
      role="option"
      tabIndex={-1}
    >
      <span className={`flex-none ${isActive ? "text-accent" : "text-muted"}`}>
        <LineIcon path={PATHS[icon]} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="line-clamp-2 font-medium text-ink">{title}</span>
        {detail !== "" && <span className="block truncate text-muted text-xs">{detail}</span>}
      </span>
      {right !== "" && (
        <span className="max-w-[45%] flex-none truncate text-right text-muted text-xs tabular-nums">{right}</span>
      )}
    </div>
  );
}

interface Words {
  readonly icon: keyof typeof PATHS;
  readonly title: string;
  readonly detail: string;
  readonly right: string;
}

function useWords(choice: Choice, client: FlightsClient | null): Words {
  const texts = useTexts();
  const formats = useFormats();
  const { unknown } = texts;
  const airports = useAirportsByCode();
  const { search } = useLaterTexts();
  const joined = (...parts: readonly string[]) => parts.filter((part) => part !== "").join(" · ");
  const flying = (count: number) => (count === 0 ? search.noFlights : texts.aircraft({ count }));
  switch (choice.kind) {
    case "flights": {
      const { row, callsign, registration, address, type } = choice.flight;
      const ends = [client?.rows.textOf(row, "origin") ?? "", client?.rows.textOf(row, "destination") ?? ""];
      const route = ends.every((end) => end === "")
        ? ""
        : ends.map((end) => airportCode(airports, end) || unknown).join(" → ");
      return {
        icon: "plane",
        title: callsign || registration || address,
        detail: joined(client?.rows.nameOf(row, "operator") ?? "", callsign === "" ? "" : registration, type),
        right: route,
      };
    }
    case "airports": {
      const { iata, icao, name } = choice.airport;
      return { icon: "airport", title: shortAirportName(name), detail: joined(iata, icao), right: "" };
    }
    case "airlines": {
      const { name, iata, icao } = choice.airline;
      return { icon: "airline", title: name, detail: joined(iata, icao), right: flying(choice.flights.length) };
    }
    case "types":
      return { icon: "plane", title: choice.name, detail: choice.type, right: flying(choice.flights.length) };
    case "countries":
      return { icon: "flag", title: choice.country.localName, detail: "", right: "" };
    case "places": {
      const { name, country, populationK } = choice.place;
      const region =
        country === "" ? "" : (new Intl.DisplayNames(formats.language, { type: "region" }).of(country) ?? "");
      return {
        icon: "pin",
        title: name,
        detail: region,
        right: populationK === 0 ? "" : formats.count(populationK * 1000),
      };
    }
    case "coordinates": {
      const { latitudeDeg, longitudeDeg } = choice.place;
      const title = `${formats.latitude(latitudeDeg)}, ${formats.longitude(longitudeDeg)}`;
      return { icon: "target", title, detail: "", right: "" };
    }
    case "commands":
      return { icon: "command", title: choice.name, detail: "", right: keyName(choice.action) };
    case "onlyText": {
      const title =
        choice.terms > 1 ? search.onlyTerms({ count: choice.terms }) : search.onlyText({ text: choice.text });
      return { icon: "filter", title, detail: "", right: "" };
    }
    case "onlyCountry":
      return { icon: "filter", title: search.onlyCountry({ country: choice.localName }), detail: "", right: "" };
  }
}
