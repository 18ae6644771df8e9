// The search: one field that finds flights, airports, airlines, types, countries, places, coordinates and commands, and goes
// to the one that is chosen. The map keeps all aircraft meanwhile: a filter is one of the choices.
"use client";

import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { type Filters, termsOf } from "@/flights/filters";
import { boxAround } from "@/map/bounds";
import type { MapHandle } from "@/map/FlightMap";
import { countryCode } from "@/texts/countryName";
import { useLaterTexts } from "@/texts/later";
import { useTexts } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { Modal } from "../Modal";
import type { Action } from "../shortcuts";
import { withPastedList } from "../TextFilter";
import type { HeldView } from "../usePageView";
import { isWide } from "../wide";
import { type Choice, ChoiceRow } from "./ChoiceRow";
import { type Found, find, plain } from "./find";
import { type IndexedFlight, placesOf } from "./flightIndex";
import { useWorld } from "./useWorld";

export interface SearchSurroundings {
  readonly client: FlightsClient | null;
  readonly filters: Filters;
  readonly map: RefObject<MapHandle | null>;
  readonly view: HeldView;
  setFilters(filters: Filters): void;
  act(action: Action): void;
  /** Select an aircraft and show it on the map. */
  onChoose(icao24: number): void;
}

interface Props extends SearchSurroundings {
  onClose(): void;
}

const PLACE_ZOOM = 10;
const AIRPORT_ZOOM = 12;
/** A search of fewer letters is rarely a filter. */
const SHORTEST_FILTER = 2;

export function SearchDialog(props: Props) {
  const { client, filters, map, view, setFilters, act, onChoose, onClose } = props;
  const { header } = useTexts();
  const { search, help } = useLaterTexts();
  const world = useWorld(client);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const groups = useMemo(() => {
    const found: { readonly label: string; readonly choices: readonly Choice[] }[] = find(query, world).map(
      (group) => ({
        label: search.groups[group.kind],
        choices: group.found,
      }),
    );
    const only = filterChoices(query, world.countries, client);
    return only.length === 0 ? found : [...found, { label: search.groups.filter, choices: only }];
  }, [query, world, client, search]);
  const choices = groups.flatMap((group) => group.choices);
  const chosen = Math.min(active, choices.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-at="${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  /** Act on the map, which the table may hide: first make room for it. */
  const onMap = (move: (handle: MapHandle) => void) => {
    if (!isWide()) view.show("map");
    else if (view.mode === "table") view.show("split");
    // In the next frame the map has its size.
    requestAnimationFrame(() => requestAnimationFrame(() => map.current !== null && move(map.current)));
  };
  const showAll = (flights: readonly IndexedFlight[]) => {
    const box = client === null ? null : boxAround(placesOf(client.rows, flights));
    if (box !== null) onMap((handle) => handle.fit(box));
  };

  const goTo = (found: Found) => {
    switch (found.kind) {
      case "flights":
        onChoose(found.flight.icao24);
        break;
      case "airports":
        onMap((handle) => handle.goTo(found.airport, AIRPORT_ZOOM));
        view.showAirport(found.airport.icao);
        break;
      case "places":
        onMap((handle) => handle.goTo(found.place, PLACE_ZOOM));
        break;
      case "coordinates":
        onMap((handle) => handle.goTo(found.place, PLACE_ZOOM));
        break;
      case "countries":
        onMap((handle) => handle.fit(found.country.box));
        break;
      case "airlines":
        setFilters({ ...filters, text: found.airline.icao });
        showAll(found.flights);
        break;
      case "types":
        setFilters({ ...filters, types: [found.type] });
        showAll(found.flights);
        break;
      case "commands":
        act(found.action);
        break;
    }
  };
  const choose = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    onClose();
    if (choice.kind === "onlyText") setFilters({ ...filters, text: query });
    else if (choice.kind === "onlyCountry") setFilters({ ...filters, countries: [choice.name] });
    else goTo(choice);
  };

  const pressed = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      PageDown: Math.min(choices.length - 1, chosen + 8),
      PageUp: Math.max(0, chosen - 8),
    };
    const next = steps[event.key];
    if (next !== undefined && choices.length > 0) {
      event.preventDefault();
      setActive((next + choices.length) % choices.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(choices[chosen]);
    }
  };
  const typed = (text: string) => {
    setQuery(text);
    setActive(0);
  };

  let at = 0;
  return (
    <Modal
      className="mx-auto mt-2 mb-auto w-[min(40rem,calc(100vw-1rem))] backdrop:bg-black/40 wide:mt-[8vh]"
      name={{ label: header.search }}
      onClose={onClose}
    >
      <div className="flex max-h-[min(38rem,calc(100dvh-1rem))] flex-col">
        <div className="flex flex-none items-center gap-2 border-line border-b-2 pr-1 pl-3 wide:gap-3 wide:pr-2 wide:pl-4 text-muted has-[input:focus]:border-accent">
          <Icon name="search" />
          <input
            aria-activedescendant={choices.length > 0 ? `${id}-${chosen}` : undefined}
            aria-autocomplete="list"
            aria-controls={`${id}-list`}
            aria-expanded
            aria-label={search.label}
            className="h-14 min-w-0 flex-1 text-ellipsis bg-transparent text-base text-ink outline-none! placeholder:text-data placeholder:text-muted wide:placeholder:text-base"
            enterKeyHint="go"
            onChange={({ target }) => typed(target.value)}
            onKeyDown={pressed}
            onPaste={(event) => {
              const pasted = withPastedList(event);
              if (pasted !== null) typed(pasted);
            }}
            placeholder={header.searchHint}
            role="combobox"
            spellCheck={false}
            type="text"
            value={query}
          />
          <button
            aria-label={search.leave}
            className="grid size-10 flex-none place-items-center rounded-lg hover:bg-sunken hover:text-ink"
            onClick={onClose}
            type="button"
          >
            <Icon name="close" />
          </button>
        </div>
        {plain(query) === "" && <p className="flex-none px-4 pt-3 text-muted text-xs">{search.examples}</p>}
        <div
          aria-label={search.results}
          className="min-h-0 flex-1 overflow-y-auto p-2"
          id={`${id}-list`}
          ref={list}
          role="listbox"
        >
          {groups.map(({ label, choices: ofGroup }) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options, not of form controls
            <div aria-label={label} className="pb-1" key={label} role="group">
              <p aria-hidden="true" className="px-2 pt-2 pb-1 font-medium text-2xs text-muted uppercase tracking-wide">
                {label}
              </p>
              {ofGroup.map((choice) => {
                const place = at++;
                return (
                  <ChoiceRow
                    choice={choice}
                    client={client}
                    id={`${id}-${place}`}
                    isActive={place === chosen}
                    key={keyOf(choice)}
                    onChoose={() => choose(choice)}
                    onPoint={() => setActive(place)}
                    place={place}
                  />
                );
              })}
            </div>
          ))}
        </div>
        <p aria-live="polite" className="sr-only">
          {search.found({ count: choices.length })}
        </p>
        <p
          aria-hidden="true"
          className="hidden flex-none gap-4 border-line border-t px-4 py-2 text-muted text-xs wide:flex"
        >
          {[
            ["↑ ↓", search.move],
            [help.keyNames.enter, search.choose],
            [help.keyNames.escape, search.leave],
          ].map(([key, meaning]) => (
            <span key={key}>
              <kbd className="mr-1.5 rounded-md border border-line px-1 font-mono text-ink">{key}</kbd>
              {meaning}
            </span>
          ))}
        </p>
      </div>
    </Modal>
  );
}

/** The filters that a search can become. */
function filterChoices(
  query: string,
  countries: ReturnType<typeof useWorld>["countries"],
  client: FlightsClient | null,
): Choice[] {
  const text = plain(query);
  if (text.length < SHORTEST_FILTER) return [];
  const country = countries.find(({ name, localName }) => [name, localName].some((one) => plain(one) === text));
  const registered =
    country === undefined ? undefined : client?.rows.names.find((name) => countryCode(name) === country.code);
  const only: Choice[] = [{ kind: "onlyText", text: query.trim(), terms: termsOf(query).length }];
  if (country !== undefined && registered !== undefined) {
    only.unshift({ kind: "onlyCountry", name: registered, localName: country.localName });
  }
  return only;
}

function keyOf(choice: Choice): string {
  switch (choice.kind) {
    case "flights":
      return choice.flight.address;
    case "airports":
      return choice.airport.icao;
    case "airlines":
      return `${choice.airline.icao} ${choice.airline.iata} ${choice.airline.name}`;
    case "types":
      return choice.type;
    case "countries":
      return choice.country.code;
    case "places":
      return `${choice.place.name} ${choice.place.latitudeDeg} ${choice.place.longitudeDeg}`;
    case "commands":
      return choice.action;
    default:
      return choice.kind;
  }
}
