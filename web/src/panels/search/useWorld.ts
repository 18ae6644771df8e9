// Everything that the search knows. Data files load when the dialog opens for the first time; a file that fails leaves
// its kind out until the next time. The flights are read again while the dialog is open.
"use client";

import { useEffect, useMemo, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { loadAirports } from "@/map/airports";
import { loadCountries, loadPlaces } from "@/map/places";
import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { loadTypeNames } from "../card/typeNames";
import { type Action, KEYS } from "../shortcuts";
import { loadAirlines } from "./airlines";
import type { World } from "./find";
import { groupsOf, indexOf } from "./flightIndex";

const READ_AGAIN_MS = 5_000;
/** They do nothing while the dialog is open. */
const NO_COMMANDS: readonly Action[] = ["search", "close"];

type Files = Pick<World, "airlines" | "airports" | "places" | "types"> & {
  readonly countries: Awaited<ReturnType<typeof loadCountries>>;
};
const NO_FLIGHTS: Pick<World, "flights" | "byAirline" | "byType"> = { flights: [], ...groupsOf([]) };
const NO_FILES: Files = { airlines: [], airports: [], places: [], types: new Map(), countries: [] };

export function useWorld(client: FlightsClient | null): World {
  const { help } = useLaterTexts();
  const { language } = useFormats();
  const [files, setFiles] = useState(NO_FILES);
  const [flown, setFlown] = useState(NO_FLIGHTS);

  useEffect(() => {
    let isOpen = true;
    const take = (loading: Promise<Partial<Files>>) => {
      loading
        .then((loaded) => isOpen && setFiles((before) => ({ ...before, ...loaded })))
        .catch((error: unknown) => console.warn("The search lacks a file:", error));
    };
    take(loadAirports().then((airports) => ({ airports })));
    take(loadAirlines().then((airlines) => ({ airlines })));
    take(loadTypeNames().then((types) => ({ types })));
    take(loadCountries().then((countries) => ({ countries })));
    take(loadPlaces().then((places) => ({ places })));
    return () => {
      isOpen = false;
    };
  }, []);

  useEffect(() => {
    if (client === null) return;
    const read = () => {
      const flights = indexOf(client.rows);
      setFlown({ flights, ...groupsOf(flights) });
    };
    read();
    const timer = setInterval(read, READ_AGAIN_MS);
    return () => clearInterval(timer);
  }, [client]);

  return useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: "region" });
    const countries = files.countries.map((country) => ({
      ...country,
      localName: names.of(country.code) ?? country.name,
    }));
    const actions = (Object.keys(KEYS) as Action[]).filter((action) => !NO_COMMANDS.includes(action));
    const commands = actions.map((action) => ({ action, name: action === "help" ? help.title : help.keys[action] }));
    return { ...files, ...flown, countries, commands };
  }, [files, flown, help, language]);
}
