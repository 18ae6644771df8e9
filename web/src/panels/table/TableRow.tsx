// One row of the table, patched in place once a second.
"use client";

import type { FlightsClient } from "@/flights/client";
import { flexOf } from "./columnLayout";
import { Flag } from "./Flag";
import type { CellContext } from "./flightColumns";
import type { HeldColumns } from "./useColumns";

interface Props {
  readonly client: FlightsClient;
  readonly columns: HeldColumns;
  readonly context: CellContext;
  /** Below the heading of a group. */
  readonly isGrouped: boolean;
  readonly row: number;
  readonly index: number;
  readonly start: number;
  readonly heightPx: number;
  readonly isActive: boolean;
  readonly selected: number | null;
  onChoose(icao24: number): void;
}

export function TableRow(props: Props) {
  const { client, columns, context, isGrouped, row, index, start, heightPx, isActive, selected, onChoose } = props;
  const { texts } = context;
  const { rows } = client;
  const icao24 = rows.icao24[row] as number;
  const isSelected = selected !== null && icao24 === selected;
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the grid has the focus and the keys, and names this row by aria-activedescendant
    <div
      aria-level={isGrouped ? 2 : undefined}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={`absolute top-0 left-0 flex w-full cursor-pointer items-center border-line/50 border-b text-data hover:bg-sunken ${isSelected ? "bg-accent/10" : ""} ${isActive ? "is-active-row" : ""} ${rows.present[row] === 1 ? "" : "opacity-40"}`}
      data-icao24={rows.icao24Text(row)}
      id={`flight-${index}`}
      onClick={() => onChoose(icao24)}
      role="row"
      style={{ height: heightPx, transform: `translateY(${start}px)` }}
    >
      {columns.shown.map((column, i) => (
        // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see FlightTable
        <div
          aria-colindex={i + 1}
          className={`truncate px-3 ${column.isNumber ? "text-right tabular-nums" : ""} ${i === 0 ? "font-medium text-ink" : "text-soft"} ${column.name === "status" && rows.isEmergency(row) ? "font-medium text-danger" : ""}`}
          key={column.name}
          role="gridcell"
          style={{ flex: flexOf(column, columns.widths) }}
        >
          {column.name === "originCountry" && (
            <Flag address={context.names.flags.get(rows.nameOf(row, "originCountry"))} />
          )}
          {column.cell(rows, row, context) || <span className="text-muted">{texts.unknown}</span>}
        </div>
      ))}
    </div>
  );
}
