// The active filters, one chip each; a click removes one. Takes no space without filters.
"use client";

import { type Filters, hasFilters, NO_FILTERS, termsOf } from "@/flights/filters";
import { countryName } from "@/texts/countryName";
import type { Formats } from "@/texts/formats";
import { type AllTexts, useAllTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { type AirportsByCode, airportCode, useAirportsByCode } from "./airport/airportCodes";
import { Icon } from "./Icon";
import { rove } from "./roving";

interface Props {
  readonly filters: Filters;
  onChange(filters: Filters): void;
}

interface Chip {
  readonly label: string;
  readonly without: Partial<Filters>;
}

const LONGEST_LABEL = 24;

export function FilterChips({ filters, onChange }: Props) {
  const texts = useAllTexts();
  const formats = useFormats();
  const known = useAirportsByCode();
  if (!hasFilters(filters)) return null;
  return (
    <ul
      aria-label={texts.filters.set}
      className="flex max-h-28 flex-none flex-wrap gap-1.5 overflow-y-auto border-line border-b px-4 py-2.5"
      ref={rove}
    >
      {chipsOf(filters, texts, formats, known).map(({ label, without }) => (
        <li key={label}>
          <button
            aria-label={texts.filters.remove({ name: label })}
            className="flex h-7 items-center gap-1.5 rounded-full bg-accent/15 pr-2 pl-3 text-accent text-xs hover:bg-accent/25"
            onClick={() => onChange({ ...filters, ...without })}
            type="button"
          >
            {label}
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
      <li>
        <button
          className="h-7 px-2 text-muted text-xs underline underline-offset-2 hover:text-ink"
          onClick={() => onChange(NO_FILTERS)}
          type="button"
        >
          {texts.filters.clearAll}
        </button>
      </li>
    </ul>
  );
}

function chipsOf(filters: Filters, texts: AllTexts, formats: Formats, known: AirportsByCode): Chip[] {
  const {
    countries,
    operators,
    types,
    airports,
    routes,
    categories,
    addressTypes,
    statuses,
    where,
    emergenciesOnly,
    text,
  } = filters;
  const { minSpeedKt, maxSpeedKt, minAltitudeFt, maxAltitudeFt } = filters;
  const { atLeast, atMost, terms } = texts.filters;
  const without = <T,>(values: readonly T[], value: T) => values.filter((other) => other !== value);
  const chips: Chip[] = [
    ...countries.map((name) => ({
      label: countryName(name, formats.language),
      without: { countries: without(countries, name) },
    })),
    ...operators.map((name) => ({ label: name, without: { operators: without(operators, name) } })),
    ...types.map((name) => ({ label: name, without: { types: without(types, name) } })),
    ...airports.map((code) => ({ label: airportCode(known, code), without: { airports: without(airports, code) } })),
    ...routes.map((route) => ({
      label: route
        .split("-")
        .map((code) => airportCode(known, code))
        .join(" → "),
      without: { routes: without(routes, route) },
    })),
    ...categories.map((category) => ({
      label: texts.categories[category],
      without: { categories: without(categories, category) },
    })),
    ...addressTypes.map((type) => ({
      label: texts.addressTypes[type],
      without: { addressTypes: without(addressTypes, type) },
    })),
    ...statuses.map((status) => ({ label: texts.statuses[status], without: { statuses: without(statuses, status) } })),
  ];
  if (where === "airborne") chips.push({ label: texts.airborne, without: { where: "anywhere" } });
  if (where === "ground") chips.push({ label: texts.onGround, without: { where: "anywhere" } });
  if (emergenciesOnly) chips.push({ label: texts.filters.emergenciesOnly, without: { emergenciesOnly: false } });
  const bound = (label: string, change: Partial<Filters>) => chips.push({ label, without: change });
  if (minAltitudeFt !== null) bound(atLeast({ value: formats.altitude(minAltitudeFt) }), { minAltitudeFt: null });
  if (maxAltitudeFt !== null) bound(atMost({ value: formats.altitude(maxAltitudeFt) }), { maxAltitudeFt: null });
  if (minSpeedKt !== null) bound(atLeast({ value: formats.speed(minSpeedKt) }), { minSpeedKt: null });
  if (maxSpeedKt !== null) bound(atMost({ value: formats.speed(maxSpeedKt) }), { maxSpeedKt: null });
  if (text.trim() !== "") {
    const count = termsOf(text).length;
    const quoted = `“${text.trim().length > LONGEST_LABEL ? `${text.trim().slice(0, LONGEST_LABEL)}…` : text.trim()}”`;
    chips.push({ label: count > 1 ? terms({ count }) : quoted, without: { text: "" } });
  }
  return chips;
}
