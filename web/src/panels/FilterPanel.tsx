// The filters as controls. Every change takes effect at once; what is set is also shown as chips (FilterChips.tsx).
// Heights and speeds are typed in the person's units and kept in feet and knots.
"use client";

import { STATUSES } from "@flighttracker/client";
import { useState } from "react";
import { type Filters, hasFilters, PLACES } from "@/flights/filters";
import type { KindCount, NamedCount, Statistics } from "@/flights/statistics";
import { countryName } from "@/texts/countryName";
import { useAllTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { Choices, Switch } from "./Controls";
import { rove } from "./roving";
import { TextFilter } from "./TextFilter";

/** Most choices shown at once; typing finds the others. */
const MOST_SHOWN = 60;

interface Props {
  readonly filters: Filters;
  readonly statistics: Statistics;
  onChange(filters: Filters): void;
}

export function FilterPanel({ filters, statistics, onChange }: Props) {
  const texts = useAllTexts();
  const formats = useFormats();
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  const places = { anywhere: texts.filters.anywhere, airborne: texts.airborne, ground: texts.onGround };
  return (
    <div className="min-h-0 flex-1 space-y-6 overflow-y-auto p-4">
      {!hasFilters(filters) && <p className="text-muted text-sm">{texts.filters.noneSet}</p>}
      <TextFilter onChange={(text) => set({ text })} text={filters.text} />
      <Words
        chosen={filters.statuses}
        labels={texts.statuses}
        legend={texts.filters.status}
        onChange={(statuses) => set({ statuses })}
        words={STATUSES}
      />
      <Choices
        label={texts.filters.where}
        name="where"
        onChoose={(where) => set({ where })}
        options={PLACES.map((value) => ({ value, label: places[value] }))}
        value={filters.where}
      />
      <Switch isOn={filters.emergenciesOnly} onChange={(emergenciesOnly) => set({ emergenciesOnly })}>
        {texts.filters.emergenciesOnly}
      </Switch>
      <Range
        from={converted(filters.minAltitudeFt, (feet) => formats.altitudeNumber(feet))}
        fromLabel={texts.filters.lowest({ unit: formats.altitudeUnit })}
        legend={texts.filters.altitude}
        onFrom={(number) => set({ minAltitudeFt: converted(number, (value) => formats.altitudeFt(value)) })}
        onTo={(number) => set({ maxAltitudeFt: converted(number, (value) => formats.altitudeFt(value)) })}
        step={500}
        to={converted(filters.maxAltitudeFt, (feet) => formats.altitudeNumber(feet))}
        toLabel={texts.filters.highest({ unit: formats.altitudeUnit })}
        unit={formats.altitudeUnit}
      />
      <Range
        from={converted(filters.minSpeedKt, (knots) => formats.speedNumber(knots))}
        fromLabel={texts.filters.slowest({ unit: formats.speedUnit })}
        legend={texts.filters.groundSpeed}
        onFrom={(number) => set({ minSpeedKt: converted(number, (value) => formats.speedKt(value)) })}
        onTo={(number) => set({ maxSpeedKt: converted(number, (value) => formats.speedKt(value)) })}
        step={10}
        to={converted(filters.maxSpeedKt, (knots) => formats.speedNumber(knots))}
        toLabel={texts.filters.fastest({ unit: formats.speedUnit })}
        unit={formats.speedUnit}
      />
      <Words
        chosen={filters.categories}
        labels={texts.categories}
        legend={texts.filters.category}
        onChange={(categories) => set({ categories })}
        words={kindsOf(statistics.categories, filters.categories)}
      />
      <Words
        chosen={filters.addressTypes}
        labels={texts.addressTypes}
        legend={texts.filters.addressType}
        onChange={(addressTypes) => set({ addressTypes })}
        words={kindsOf(statistics.addressTypes, filters.addressTypes)}
      />
      <NameList
        chosen={filters.countries}
        labelOf={(name) => countryName(name, formats.language)}
        findLabel={texts.filters.find.country}
        legend={texts.filters.country}
        names={statistics.countries}
        onChange={(countries) => set({ countries })}
      />
      <NameList
        chosen={filters.operators}
        findLabel={texts.filters.find.operator}
        legend={texts.filters.operator}
        names={statistics.operators}
        onChange={(operators) => set({ operators })}
      />
      <NameList
        chosen={filters.types}
        findLabel={texts.filters.find.type}
        legend={texts.filters.type}
        names={statistics.types}
        onChange={(types) => set({ types })}
      />
    </div>
  );
}

/** Kinds that something has, and those that are chosen. */
function kindsOf<T>(counts: readonly KindCount<T>[], chosen: readonly T[]): readonly T[] {
  return [...new Set([...counts.map(({ kind }) => kind), ...chosen])];
}

interface WordsProps<T extends string> {
  readonly legend: string;
  readonly words: readonly T[];
  readonly labels: Readonly<Record<T, string>>;
  readonly chosen: readonly T[];
  onChange(chosen: readonly T[]): void;
}

function Words<T extends string>({ legend, words, labels, chosen, onChange }: WordsProps<T>) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-soft text-sm">{legend}</legend>
      <div className="flex flex-wrap gap-2" ref={rove}>
        {words.map((word) => (
          <button
            aria-pressed={chosen.includes(word)}
            className="h-8 rounded-full border border-line px-3 text-data text-soft hover:border-accent aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:font-medium aria-pressed:text-on-accent"
            key={word}
            onClick={() => onChange(toggled(chosen, word))}
            type="button"
          >
            {labels[word]}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

interface NameListProps {
  readonly legend: string;
  /** Of the field that narrows the list. */
  readonly findLabel: string;
  readonly names: readonly NamedCount[];
  readonly chosen: readonly string[];
  /** How a name is shown, if not as it is. */
  labelOf?(name: string): string;
  onChange(chosen: readonly string[]): void;
}

function NameList({ legend, findLabel, names, chosen, labelOf = (name) => name, onChange }: NameListProps) {
  const texts = useAllTexts();
  const formats = useFormats();
  const [wanted, setWanted] = useState("");
  /** What was chosen when the focus came into the list: the order stays while it is there. */
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const text = wanted.trim().toLowerCase();
  const counts = new Map(names.map(({ name, count }) => [name, count]));
  const labels = [...new Set([...chosen, ...counts.keys()])].map((name) => ({ name, label: labelOf(name) }));
  const found = labels.filter(({ name, label }) => `${name}\n${label}`.toLowerCase().includes(text));
  // Sorted by name, not by count, to keep entries still under the pointer. Chosen ones stay on top.
  const onTop = held ?? chosen;
  const isOnTop = ({ name }: { readonly name: string }) => Number(onTop.includes(name));
  const { compare } = new Intl.Collator(formats.language);
  const sorted = found.sort((a, b) => isOnTop(b) - isOnTop(a) || compare(a.label, b.label));
  const more = sorted.length - MOST_SHOWN;
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-soft text-sm">{legend}</legend>
      <input
        aria-label={findLabel}
        className="mb-2 h-9 w-full rounded-lg border border-line bg-sunken px-3 text-ink text-sm placeholder:text-muted"
        maxLength={64}
        onChange={(event) => setWanted(event.target.value)}
        placeholder={findLabel}
        type="search"
        value={wanted}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only learns whether the focus is inside, so that the list keeps its order; the checkboxes have the keys */}
      <div
        className="h-48 overflow-y-auto rounded-lg border border-line"
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) setHeld(null);
        }}
        onFocus={() => setHeld(held ?? chosen)}
        ref={rove}
      >
        {sorted.slice(0, MOST_SHOWN).map(({ name, label }) => (
          <label
            className="flex h-9 cursor-pointer items-center gap-3 px-3 text-data text-soft hover:bg-sunken"
            key={name}
          >
            <input
              checked={chosen.includes(name)}
              className="size-4 accent-accent focus-visible:outline-offset-0"
              onChange={() => onChange(toggled(chosen, name))}
              type="checkbox"
            />
            <span className="flex-1 truncate">{label}</span>
            <span className="text-muted tabular-nums">{formats.count(counts.get(name) ?? 0)}</span>
          </label>
        ))}
        {sorted.length === 0 && <p className="p-3 text-muted text-sm">{texts.filters.noneFound}</p>}
        {more > 0 && (
          <p className="p-3 text-muted text-xs">{texts.filters.moreThere({ count: formats.count(more) })}</p>
        )}
      </div>
    </fieldset>
  );
}

interface RangeProps {
  readonly legend: string;
  readonly unit: string;
  readonly step: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly fromLabel: string;
  readonly toLabel: string;
  onFrom(number: number | null): void;
  onTo(number: number | null): void;
}

function Range({ legend, unit, step, from, to, fromLabel, toLabel, onFrom, onTo }: RangeProps) {
  const texts = useAllTexts();
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-soft text-sm">{legend}</legend>
      <div className="flex items-center gap-3">
        <NumberInput label={fromLabel} number={from} onChange={onFrom} placeholder={texts.filters.from} step={step} />
        <span aria-hidden="true" className="text-muted">
          –
        </span>
        <NumberInput label={toLabel} number={to} onChange={onTo} placeholder={texts.filters.to} step={step} />
        <span className="text-muted text-sm">{unit}</span>
      </div>
    </fieldset>
  );
}

interface NumberInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly number: number | null;
  readonly step: number;
  onChange(number: number | null): void;
}

function NumberInput({ label, placeholder, number, step, onChange }: NumberInputProps) {
  return (
    <input
      aria-label={label}
      className="h-9 w-28 rounded-lg border border-line bg-sunken px-3 text-ink text-sm tabular-nums placeholder:text-muted"
      inputMode="numeric"
      max={99_999}
      min={0}
      onChange={({ target }) =>
        onChange(target.value === "" ? null : Math.max(0, Math.min(99_999, Math.round(Number(target.value)))))
      }
      placeholder={placeholder}
      step={step}
      type="number"
      value={number ?? ""}
    />
  );
}

function converted(number: number | null, convert: (number: number) => number): number | null {
  return number === null ? null : convert(number);
}

function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}
