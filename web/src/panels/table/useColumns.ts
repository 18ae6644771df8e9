// The columns as a person arranged them. Which are shown, their order and their widths stand in the address, so that a link
// shows the same; the browser keeps them, too. TanStack Table holds them; the rows stay with the worker.
"use client";

import {
  type ColumnDef,
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useState } from "react";
import type { SortColumn } from "@/flights/sortColumns";
import { replaceInAddress } from "../pageUrl";
import { usePreferences } from "../preferences/Preferences";
import { stored } from "../preferences/storage";
import { useRem } from "../useRem";
import {
  bounded,
  type ColumnLayout,
  columnsFrom,
  columnsText,
  FIRST_LAYOUT,
  moved,
  NARROWEST_PX,
  orderOf,
  toggled,
  WIDEST_PX,
  type Widths,
  widthsFrom,
  widthsText,
} from "./columnLayout";
import { FIRST_COLUMNS, FLIGHT_COLUMNS, type FlightColumn, firstThatFit } from "./flightColumns";

export interface HeldColumns {
  /** In their order. */
  readonly shown: readonly FlightColumn[];
  /** The shown ones, then the hidden ones. */
  readonly all: readonly FlightColumn[];
  readonly widths: Widths;
  /** Of all shown columns, rem. */
  readonly widthRem: number;
  toggle(column: SortColumn): void;
  /** Move a shown column to the left, or with a positive number to the right. */
  move(column: SortColumn, places: number): void;
  /** `widths` are those of the shown columns as they are; one of them changes. */
  resize(widths: Widths, column: SortColumn, widthPx: number): void;
  /** The first columns, sharing what room there is. */
  reset(): void;
}

const features = tableFeatures({ columnOrderingFeature, columnSizingFeature, columnVisibilityFeature });
const BY_NAME = new Map(FLIGHT_COLUMNS.map((column) => [column.name, column]));
const DEFINITIONS: ColumnDef<typeof features, never>[] = FLIGHT_COLUMNS.map(({ name, widthPx }) => ({
  id: name,
  size: widthPx,
  minSize: NARROWEST_PX,
  maxSize: WIDEST_PX,
}));
const NO_ROWS: never[] = [];

/** @param scroller what the table is in: nobody sees half a column who has chosen none. */
export function useColumns(scroller: RefObject<HTMLElement | null>): HeldColumns {
  const { keep } = usePreferences();
  const [{ shown, widths }, setLayout] = useState<ColumnLayout>(FIRST_LAYOUT);
  const firstCount = useFirstCount(scroller);
  const names = useMemo(() => shown ?? FIRST_COLUMNS.slice(0, firstCount), [shown, firstCount]);

  useEffect(() => {
    const read = () => {
      const named = new URLSearchParams(window.location.search);
      const text = (name: "columns" | "widths") => named.get(name) ?? stored(name);
      setLayout({ shown: columnsFrom(text("columns")), widths: widthsFrom(text("widths")) });
    };
    read();
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const show = useCallback(
    (layout: ColumnLayout) => {
      setLayout(layout);
      const texts = { columns: columnsText(layout.shown), widths: widthsText(layout.widths) };
      replaceInAddress(texts);
      keep("columns", texts.columns);
      keep("widths", texts.widths);
    },
    [keep],
  );

  const state = useMemo(() => {
    const columnOrder = [...orderOf(names)];
    return {
      columnOrder,
      columnSizing: { ...widths } as Record<string, number>,
      columnVisibility: Object.fromEntries(columnOrder.map((name) => [name, names.includes(name)])),
    };
  }, [names, widths]);
  const table = useTable({ features, columns: DEFINITIONS, data: NO_ROWS, state });
  const visible = table.getVisibleLeafColumns();
  return {
    shown: visible.map(({ id }) => BY_NAME.get(id as SortColumn) as FlightColumn),
    all: table.getAllLeafColumns().map(({ id }) => BY_NAME.get(id as SortColumn) as FlightColumn),
    widths,
    widthRem: visible.reduce((sum, column) => sum + column.getSize(), 0) / 16,
    toggle: (column) => show({ shown: toggled(names, column), widths }),
    move: (column, places) => show({ shown: moved(names, column, places), widths }),
    resize: (measured, column, widthPx) =>
      show({ shown, widths: { ...widths, ...measured, [column]: bounded(widthPx) } }),
    reset: () => show(FIRST_LAYOUT),
  };
}

/** How many of the first columns the table has room for. */
function useFirstCount(scroller: RefObject<HTMLElement | null>): number {
  const rem = useRem();
  const [count, setCount] = useState(FIRST_COLUMNS.length);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setCount(firstThatFit((element.clientWidth * USUAL_REM_PX) / rem));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, rem]);
  return count;
}

const USUAL_REM_PX = 16;
