// All aircraft that pass the filters as a table. Only the rows in view are in the document: 20,000 cost no more than 30.
// One tab stop; arrows, Page and Home/End move, Enter selects. It is the accessible equivalent of the map.
"use client";

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useRef, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { SortOrder } from "@/flights/sortOrder";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { csvOf, fileName, saveCsv } from "../statistics/save";
import type { PastState } from "../timeline/pastState";
import { useRem } from "../useRem";
import { ColumnMenu } from "./ColumnMenu";
import { widthRem } from "./columnLayout";
import type { FlightColumn } from "./flightColumns";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";
import { useColumns } from "./useColumns";
import { useTableRows } from "./useTableRows";

const ROW_REM = 2.125;
const HEADER_REM = 2.25;

interface Props {
  readonly client: FlightsClient;
  readonly selected: number | null;
  /** Changes when the filters do. */
  readonly filterKey: string;
  readonly sort: SortOrder;
  readonly past: PastState;
  onSort(sort: SortOrder): void;
  onSelect(icao24: number): void;
}

export function FlightTable({ client, selected, filterKey, sort, past, onSort, onSelect }: Props) {
  const { table, aircraft } = useTexts();
  const formats = useFormats();
  const rem = useRem();
  const rowPx = ROW_REM * rem;
  const headerPx = HEADER_REM * rem;
  const columns = useColumns();
  const { layout } = columns;
  const [isTouched, setTouched] = useState(false);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const order = useTableRows(client, sort, filterKey, isTouched, past);
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
    scrollPaddingStart: headerPx,
    paddingStart: headerPx,
    // The active row is always in the document: the grid names it to screen readers also when it is scrolled away.
    rangeExtractor: (range) => {
      const inView = defaultRangeExtractor(range);
      return inView.includes(active) || active >= range.count ? inView : [...inView, active].sort((a, b) => a - b);
    },
  });

  const shown = virtualizer.getVirtualItems();
  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(order.length - 1, index));
    setActive(next);
    setTouched(true);
    virtualizer.scrollToIndex(next);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - headerPx) / rowPx) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: order.length - 1,
    };
    const target = targets[event.key];
    const row = order[active];
    if (target !== undefined) moveTo(target);
    else if (event.key === "Enter" && row !== undefined) onSelect(client.rows.icao24[row] as number);
    else return;
    event.preventDefault();
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {/* biome-ignore lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a <table> */}
      <div
        aria-activedescendant={shown.some(({ index }) => index === active) ? `flight-${active}` : undefined}
        aria-colcount={layout.shown.length}
        aria-label={table.label}
        aria-rowcount={order.length + 1}
        className="relative min-h-0 flex-1 overflow-auto overscroll-contain focus-visible:outline-offset-[-2px]"
        onBlur={() => setTouched(false)}
        onKeyDown={pressed}
        onPointerLeave={() => setTouched(false)}
        ref={scroller}
        role="grid"
        tabIndex={0}
      >
        <div
          className="relative"
          style={{ height: virtualizer.getTotalSize(), width: `${widthRem(layout)}rem`, minWidth: "100%" }}
        >
          <TableHead columns={columns} heightPx={headerPx} onSort={onSort} rem={rem} sort={sort} />
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          <div onPointerEnter={() => setTouched(true)} role="rowgroup">
            {shown.map(({ index, start }) => (
              <TableRow
                client={client}
                index={index}
                isActive={index === active}
                heightPx={rowPx}
                key={index}
                layout={layout}
                onChoose={(icao24) => {
                  setActive(index);
                  onSelect(icao24);
                }}
                row={order[index] as number}
                selected={selected}
                start={start}
              />
            ))}
          </div>
        </div>
      </div>
      {order.length === 0 && <p className="absolute p-4 pt-14 text-muted text-sm">{table.none}</p>}
      <div className="flex h-9 flex-none items-center gap-3 border-line border-t px-4 text-muted text-xs tabular-nums">
        <span className="flex-none">{aircraft(formats.counted(aircraftIn(client, order)))}</span>
        <span className="min-w-0 flex-1 truncate text-accent" title={table.heldHint}>
          {isTouched ? table.held : ""}
        </span>
        <ColumnMenu columns={columns} />
        <button
          className="flex flex-none items-center gap-1.5 rounded px-1 font-medium hover:text-accent"
          onClick={() => saveCsv(fileName(table.label, client.shownTimeMs()), csvOfRows(client, layout.shown, order))}
          type="button"
        >
          <Icon name="download" size={14} />
          {table.saveCsv}
        </button>
      </div>
    </div>
  );
}

/** How many of the table's rows are aircraft: vehicles and obstacles have rows, but are not counted. */
function aircraftIn({ rows }: FlightsClient, order: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < order.length; i++) if (!rows.isNotAircraft(order[i] as number)) count++;
  return count;
}

/** The columns that the table shows, all rows of it, in the units of the data. */
function csvOfRows({ rows }: FlightsClient, shown: readonly FlightColumn[], order: Uint32Array): string {
  const head = shown.map(({ fileName }) => fileName);
  const lines = Array.from(order, (row) => [
    ...shown.map(({ file }) => file(rows, row)),
    Math.round(rows.latitudeDeg(row) * 1e5) / 1e5,
    Math.round(rows.longitudeDeg(row) * 1e5) / 1e5,
    rows.squawk(row),
    new Date(rows.positionTimeMs(row)).toISOString(),
  ]);
  return csvOf([...head, "latitude_deg", "longitude_deg", "squawk", "position_time"], lines);
}
