// Two small charts of bars. The numbers are text beside the bars, or a table for screen readers; the bars are for the eye.
import type { NamedCount } from "@/flights/statistics";
import { formatCount } from "./format";

export function HorizontalBars({ items }: { readonly items: readonly NamedCount[] }) {
  const most = Math.max(1, ...items.map(({ count }) => count));
  return (
    <ul className="space-y-1.5">
      {items.map(({ name, count }) => (
        <li className="grid grid-cols-[8.5rem_1fr_3.5rem] items-center gap-3 text-[13px]" key={name}>
          <span className="truncate text-soft">{name}</span>
          <span aria-hidden="true" className="h-2 overflow-hidden rounded-full bg-sunken">
            <span className="block h-full rounded-full bg-accent/70" style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="text-right text-muted tabular-nums">{formatCount(count)}</span>
        </li>
      ))}
    </ul>
  );
}

interface HistogramProps {
  readonly label: string;
  readonly counts: readonly number[];
  readonly unit: string;
  /** The lower end of a bin. */
  nameOf(bin: number): string;
}

export function Histogram({ label, counts, unit, nameOf }: HistogramProps) {
  const most = Math.max(1, ...counts);
  return (
    <div>
      <div aria-hidden="true" className="flex h-24 items-end gap-1 border-line border-b">
        {counts.map((count, bin) => (
          <div
            className="flex-1 rounded-t-sm bg-accent/70"
            key={nameOf(bin)}
            style={{ height: `${(count / most) * 100}%` }}
            title={`from ${nameOf(bin)} ${unit}: ${formatCount(count)}`}
          />
        ))}
      </div>
      <div aria-hidden="true" className="mt-1 flex gap-1 text-[10px] text-muted tabular-nums">
        {counts.map((_, bin) => (
          <span className="flex-1" key={nameOf(bin)}>
            {bin % 2 === 0 ? nameOf(bin) : ""}
          </span>
        ))}
        <span>{unit}</span>
      </div>
      <ul aria-label={label} className="sr-only">
        {counts.map((count, bin) => (
          <li key={nameOf(bin)}>{`from ${nameOf(bin)} ${unit}: ${formatCount(count)}`}</li>
        ))}
      </ul>
    </div>
  );
}
