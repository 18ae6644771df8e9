// All aircraft that pass the filters as a table, or those that the map shows. Only the rows in view are in the document: 20,000
// cost no more than 30. One tab stop; arrows, Page and Home/End move, Enter selects. It is the accessible equivalent of the
// map.
"use client";

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { SortOrder } from "@/flights/sortColumns";
import type { MapHandle } from "@/map/FlightMap";
import { countryName } from "@/texts/countryName";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { areaTest } from "../alerts/rules";
import { Icon } from "../Icon";
import { csvOf, fileName, saveCsv } from "../statistics/save";
import type { PastState } from "../timeline/pastState";
import { useRem } from "../useRem";
import { ColumnMenu } from "./ColumnMenu";
import { type CellContext, type FlightColumn, namesOf } from "./flightColumns";
import { GroupRow } from "./GroupRow";
import { TableHead } from "./TableHead";
import { TableOptionsBar } from "./TableOptionsBar";
import { TableRow } from "./TableRow";
import { type Grouping, tableLines } from "./tableGroups";
import { useColumns } from "./useColumns";
import { useMeasuredFrom } from "./useMeasuredFrom";
import { ranksOf, useTableNames } from "./useTableNames";
import { useTableOptions } from "./useTableOptions";
import { useTableRows } from "./useTableRows";

const ROW_REM = 2.125;
const HEADER_REM = 2.25;
/** Closed groups, so that a new grouping shows how many there are of each. */
const NONE_OPEN: ReadonlySet<string> = new Set();

interface Props {
  readonly client: FlightsClient;
  readonly map: RefObject<MapHandle | null>;
  readonly selected: number | null;
  /** Changes when the filters do. */
  readonly filterKey: string;
  readonly sort: SortOrder;
  readonly past: PastState;
  onSort(sort: SortOrder): void;
  onSelect(icao24: number): void;
}

export function FlightTable({ client, map, selected, filterKey, sort, past, onSort, onSelect }: Props) {
  const texts = useTexts();
  const { table } = useLaterTexts();
  const formats = useFormats();
  const rem = useRem();
  const rowPx = ROW_REM * rem;
  const headerPx = HEADER_REM * rem;
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useColumns(scroller);
  const [options, change] = useTableOptions();
  const { isAirborneFirst, isInViewOnly, grouping } = options;
  const [open, setOpen] = useState(NONE_OPEN);
  const [isTouched, setTouched] = useState(false);
  const [active, setActive] = useState(0);
  const names = useTableNames(
    (column) => columns.shown.some(({ name }) => name === column) || NAMED_BY[grouping] === column,
  );
  const sortNames = namesOf(sort.column, names);
  const measuredFrom = useMeasuredFrom(map);
  const { place: from } = measuredFrom;
  const basis = useMemo(() => {
    const ranks = sortNames === null || sortNames.size === 0 ? null : ranksOf(sortNames);
    return { isAirborneFirst, from, ranks };
  }, [from, isAirborneFirst, sortNames]);
  const sorted = useTableRows(client, sort, basis, filterKey, isTouched, past);
  const area = map.current?.area() ?? null;
  const areaKey = isInViewOnly && area !== null ? JSON.stringify(area) : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: `areaKey` stands for the area, which is a new object each time
  const order = useMemo(() => {
    if (areaKey === "" || area === null) return sorted;
    const isInView = areaTest({ ...area }, client.rows);
    return sorted.filter((row) => isInView(row));
  }, [sorted, areaKey, client]);
  const lines = useMemo(
    () => tableLines(client.rows, order, grouping, (name) => open.has(name)),
    [client, order, grouping, open],
  );
  const virtualizer = useVirtualizer({
    count: lines.length,
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
  const context: CellContext = { formats, texts, names, basis, nowMs: client.shownTimeMs() };
  const toggleGroup = (name: string, isOpen = !open.has(name)) => {
    const next = new Set(open);
    if (isOpen) next.add(name);
    else next.delete(name);
    setOpen(next);
  };
  const inSight = shown.flatMap(({ index }) => {
    const line = lines[index];
    return past.isOn || typeof line !== "number" ? [] : [client.rows.icao24[line] as number];
  });
  // After each render: a row may have another aircraft by now. The client sends only what changed.
  useEffect(() => client.read("table", inSight));
  useEffect(() => () => client.read("table", []), [client]);
  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(lines.length - 1, index));
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
      End: lines.length - 1,
    };
    const target = targets[event.key];
    const line = lines[active];
    const isGroup = typeof line === "object";
    if (target !== undefined) moveTo(target);
    else if (event.key === "Enter" && isGroup) toggleGroup(line.name);
    else if (event.key === "ArrowRight" && isGroup) toggleGroup(line.name, true);
    else if (event.key === "ArrowLeft" && isGroup) toggleGroup(line.name, false);
    else if (event.key === "Enter" && line !== undefined) onSelect(client.rows.icao24[line as number] as number);
    else return;
    event.preventDefault();
  };

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <TableOptionsBar hasArea={area !== null} onChange={change} options={options} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useAriaPropsSupportedByRole: a virtual grid of positioned rows cannot be a <table>; its role is grid or treegrid */}
      <div
        aria-activedescendant={shown.some(({ index }) => index === active) ? `flight-${active}` : undefined}
        aria-colcount={columns.shown.length}
        aria-label={table.label}
        aria-rowcount={lines.length + 1}
        className="relative min-h-0 flex-1 overflow-auto overscroll-contain focus-visible:outline-offset-[-2px]"
        onBlur={() => setTouched(false)}
        onKeyDown={pressed}
        onPointerLeave={() => setTouched(false)}
        ref={scroller}
        role={grouping === "none" ? "grid" : "treegrid"}
        tabIndex={0}
      >
        <div
          className="relative"
          style={{ height: virtualizer.getTotalSize(), width: `${columns.widthRem}rem`, minWidth: "100%" }}
        >
          <TableHead
            columns={columns}
            heightPx={headerPx}
            measuredFrom={measuredFrom}
            onSort={onSort}
            rem={rem}
            sort={sort}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          <div onPointerEnter={() => setTouched(true)} role="rowgroup">
            {shown.map(({ index, start }) => {
              const line = lines[index];
              const place = { index, start, heightPx: rowPx, isActive: index === active };
              return typeof line === "object" ? (
                <GroupRow
                  {...place}
                  columnCount={columns.shown.length}
                  flag={grouping === "country" ? names.flags.get(line.name) : undefined}
                  group={line}
                  key={index}
                  label={
                    groupLabel(line.name, grouping, context) ||
                    (grouping === "none" ? "" : table.unknownGroup[grouping])
                  }
                  onToggle={() => {
                    setActive(index);
                    toggleGroup(line.name);
                  }}
                />
              ) : (
                <TableRow
                  {...place}
                  client={client}
                  columns={columns}
                  context={context}
                  isGrouped={grouping !== "none"}
                  key={index}
                  onChoose={(icao24) => {
                    setActive(index);
                    onSelect(icao24);
                  }}
                  row={line as number}
                  selected={selected}
                />
              );
            })}
          </div>
        </div>
      </div>
      {order.length === 0 && (
        <p className="absolute top-10 p-4 pt-12 text-muted text-sm">
          {areaKey !== "" && sorted.length > 0 ? table.noneInView : table.none}
        </p>
      )}
      <div className="flex h-9 flex-none items-center gap-3 border-line border-t px-4 text-muted text-xs tabular-nums">
        <span className="flex-none">{texts.aircraft({ count: aircraftIn(client, order) })}</span>
        <span className="min-w-0 flex-1 truncate text-accent" title={table.heldHint}>
          {isTouched ? table.held : ""}
        </span>
        <ColumnMenu columns={columns} measuredFrom={measuredFrom} />
        <button
          className="flex flex-none items-center gap-1.5 rounded px-1 font-medium hover:text-accent"
          onClick={() =>
            saveCsv(fileName(table.label, client.shownTimeMs()), csvOfRows(client, columns.shown, order, context))
          }
          type="button"
        >
          <Icon name="download" size={14} />
          {table.saveCsv}
        </button>
      </div>
    </div>
  );
}

/** The column whose names a grouping shows. */
const NAMED_BY = { none: null, country: "originCountry", airline: "airline", type: "typeName" } as const;

function groupLabel(name: string, grouping: Grouping, { names, formats }: CellContext): string {
  if (grouping === "country") return countryName(name, formats.language);
  if (grouping === "airline") return names.airlines.get(name) ?? name;
  return grouping === "type" ? [name, names.types.get(name)].filter(Boolean).join(" · ") : name;
}

/** How many of the table's rows are aircraft: vehicles and obstacles have rows, but are not counted. */
function aircraftIn({ rows }: FlightsClient, order: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < order.length; i++) if (!rows.isNotAircraft(order[i] as number)) count++;
  return count;
}

/** The columns that the table shows, all rows of it, in the units of the data. */
function csvOfRows(
  { rows }: FlightsClient,
  shown: readonly FlightColumn[],
  order: Uint32Array,
  context: CellContext,
): string {
  const head = shown.map(({ fileName }) => fileName);
  const lines = Array.from(order, (row) => [
    ...shown.map(({ file }) => file(rows, row, context)),
    Math.round(rows.latitudeDeg(row) * 1e5) / 1e5,
    Math.round(rows.longitudeDeg(row) * 1e5) / 1e5,
    ...(shown.some(({ name }) => name === "squawk") ? [] : [rows.squawk(row)]),
    new Date(rows.positionTimeMs(row)).toISOString(),
  ]);
  const squawk = head.includes("squawk") ? [] : ["squawk"];
  return csvOf([...head, "latitude_deg", "longitude_deg", ...squawk, "position_time"], lines);
}
