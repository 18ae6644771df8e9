// What is filtered by, one chip each, to be removed with a click. Takes no place when nothing is filtered.
import { type Filters, hasFilters, NO_FILTERS } from "@/flights/filters";
import { capitalised } from "./format";
import { Icon } from "./Icon";

interface Props {
  readonly filters: Filters;
  onChange(filters: Filters): void;
}

export function FilterChips({ filters, onChange }: Props) {
  if (!hasFilters(filters)) return null;
  const { countries, statuses, minSpeedKt, maxSpeedKt, text } = filters;
  const chips: { label: string; without: Filters }[] = [
    ...countries.map((name) => ({
      label: name,
      without: { ...filters, countries: countries.filter((other) => other !== name) },
    })),
    ...statuses.map((status) => ({
      label: capitalised(status),
      without: { ...filters, statuses: statuses.filter((other) => other !== status) },
    })),
  ];
  if (minSpeedKt !== null) chips.push({ label: `from ${minSpeedKt} kt`, without: { ...filters, minSpeedKt: null } });
  if (maxSpeedKt !== null) chips.push({ label: `to ${maxSpeedKt} kt`, without: { ...filters, maxSpeedKt: null } });
  if (text.trim() !== "") chips.push({ label: `“${text.trim()}”`, without: { ...filters, text: "" } });
  return (
    <ul aria-label="Filters that are set" className="flex flex-wrap gap-1.5 border-line border-b px-4 py-2.5">
      {chips.map(({ label, without }) => (
        <li key={label}>
          <button
            aria-label={`Remove the filter ${label}`}
            className="flex h-7 items-center gap-1.5 rounded-full bg-accent/15 pr-2 pl-3 text-accent text-xs hover:bg-accent/25"
            onClick={() => onChange(without)}
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
          Clear all
        </button>
      </li>
    </ul>
  );
}
