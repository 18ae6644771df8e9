// Above the table: which aircraft it lists, and in which groups.
"use client";

import type { ReactNode } from "react";
import { useLaterTexts } from "@/texts/later";
import { GROUPINGS, type Grouping } from "./tableGroups";
import type { TableOptions } from "./useTableOptions";

interface Props {
  readonly options: TableOptions;
  /** Whether the map shows an area; without a map everything is listed. */
  readonly hasArea: boolean;
  onChange(change: Partial<TableOptions>): void;
}

export function TableOptionsBar({ options, hasArea, onChange }: Props) {
  const { table } = useLaterTexts();
  return (
    <div className="flex h-10 flex-none items-center gap-4 overflow-x-auto whitespace-nowrap border-line border-b px-4 text-soft text-xs">
      {hasArea && (
        <Check isOn={options.isInViewOnly} onChange={(isInViewOnly) => onChange({ isInViewOnly })}>
          {table.inViewOnly}
        </Check>
      )}
      <Check isOn={options.isAirborneFirst} onChange={(isAirborneFirst) => onChange({ isAirborneFirst })}>
        {table.airborneFirst}
      </Check>
      <label className="ml-auto flex min-w-0 items-center gap-2">
        <span className="sr-only">{table.groupBy}</span>
        <select
          className="h-7 min-w-0 rounded-md border border-line bg-sunken px-1.5 text-ink"
          onChange={({ target }) => onChange({ grouping: target.value as Grouping })}
          value={options.grouping}
        >
          {GROUPINGS.map((name) => (
            <option key={name} value={name}>
              {table.groupings[name]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface CheckProps {
  readonly isOn: boolean;
  readonly children: ReactNode;
  onChange(isOn: boolean): void;
}

function Check({ isOn, children, onChange }: CheckProps) {
  return (
    <label className="flex h-8 flex-none cursor-pointer items-center gap-2 hover:text-ink">
      <input
        checked={isOn}
        className="size-4 accent-accent"
        onChange={({ target }) => onChange(target.checked)}
        type="checkbox"
      />
      {children}
    </label>
  );
}
