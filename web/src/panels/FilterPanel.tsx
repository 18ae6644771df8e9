// The filters as controls. Every change takes effect at once; what is set is also shown as chips (FilterChips.tsx).
"use client";

import { useState } from "react";
import { STATUSES, type Status } from "@/flights/columns";
import type { Filters } from "@/flights/filters";
import type { Statistics } from "@/flights/statistics";
import { capitalised, formatCount } from "./format";

interface Props {
  readonly filters: Filters;
  readonly statistics: Statistics;
  onChange(filters: Filters): void;
}

export function FilterPanel({ filters, statistics, onChange }: Props) {
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto p-4">
      <fieldset>
        <legend className="mb-2.5 font-medium text-soft text-sm">Status</legend>
        <div className="flex flex-wrap gap-2">
          {STATUSES.map((status) => (
            <button
              aria-pressed={filters.statuses.includes(status)}
              className="h-8 rounded-full border border-line px-3 text-[13px] text-soft hover:border-accent aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:font-medium aria-pressed:text-on-accent"
              key={status}
              onClick={() => onChange({ ...filters, statuses: toggled<Status>(filters.statuses, status) })}
              type="button"
            >
              {capitalised(status)}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-2.5 font-medium text-soft text-sm">Ground speed</legend>
        <div className="flex items-center gap-3">
          <SpeedInput
            label="Slowest, knots"
            onChange={(minSpeedKt) => onChange({ ...filters, minSpeedKt })}
            placeholder="from"
            speedKt={filters.minSpeedKt}
          />
          <span aria-hidden="true" className="text-muted">
            –
          </span>
          <SpeedInput
            label="Fastest, knots"
            onChange={(maxSpeedKt) => onChange({ ...filters, maxSpeedKt })}
            placeholder="to"
            speedKt={filters.maxSpeedKt}
          />
          <span className="text-muted text-sm">kt</span>
        </div>
      </fieldset>
      <CountryList filters={filters} onChange={onChange} statistics={statistics} />
    </div>
  );
}

function CountryList({ filters, statistics, onChange }: Props) {
  const [wanted, setWanted] = useState("");
  const text = wanted.trim().toLowerCase();
  const counts = new Map(statistics.countries.map(({ name, count }) => [name, count]));
  const names = [...new Set([...filters.countries, ...counts.keys()])]
    .filter((name) => name.toLowerCase().includes(text))
    .sort();
  return (
    <fieldset className="flex min-h-64 flex-1 flex-col">
      <legend className="mb-2.5 font-medium text-soft text-sm">Country</legend>
      <input
        aria-label="Find a country"
        className="mb-2 h-9 w-full rounded-lg border border-line bg-sunken px-3 text-ink text-sm placeholder:text-muted"
        onChange={(event) => setWanted(event.target.value)}
        placeholder="Find a country"
        type="search"
        value={wanted}
      />
      <div className="min-h-0 flex-1 overflow-y-auto rounded-lg border border-line">
        {names.map((name) => (
          <label
            className="flex h-9 cursor-pointer items-center gap-3 px-3 text-[13px] text-soft hover:bg-sunken"
            key={name}
          >
            <input
              checked={filters.countries.includes(name)}
              className="size-4 accent-accent"
              onChange={() => onChange({ ...filters, countries: toggled(filters.countries, name) })}
              type="checkbox"
            />
            <span className="flex-1 truncate">{name}</span>
            <span className="text-muted tabular-nums">{formatCount(counts.get(name) ?? 0)}</span>
          </label>
        ))}
        {names.length === 0 && <p className="p-3 text-muted text-sm">No country is called that.</p>}
      </div>
    </fieldset>
  );
}

interface SpeedInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly speedKt: number | null;
  onChange(speedKt: number | null): void;
}

function SpeedInput({ label, placeholder, speedKt, onChange }: SpeedInputProps) {
  return (
    <input
      aria-label={label}
      className="h-9 w-28 rounded-lg border border-line bg-sunken px-3 text-ink text-sm tabular-nums placeholder:text-muted"
      inputMode="numeric"
      max={2000}
      min={0}
      onChange={({ target }) => onChange(target.value === "" ? null : Math.max(0, Math.round(Number(target.value))))}
      placeholder={placeholder}
      step={10}
      type="number"
      value={speedKt ?? ""}
    />
  );
}

function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}
