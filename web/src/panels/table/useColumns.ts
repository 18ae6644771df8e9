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
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { SortColumn } from "@/flights/sortColumns";
import { replaceInAddress } from "../pageUrl";
import { usePreferences } from "../preferences/Preferences";
import { stored } from "../preferences/storage";
import { isWide } from "../wide";
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

export function useColumns(): HeldColumns {
  const { keep } = usePreferences();
  const [{ shown, widths }, setLayout] = useState<ColumnLayout>(FIRST_LAYOUT);
  const firstCount = useSyncExternalStore(watchWidth, countFirst, () => FIRST_COLUMNS.length);
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

/** A wide page scrolls its table sideways; a phone should not have to. */
function countFirst(): number {
  if (isWide()) return FIRST_COLUMNS.length;
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_REM_PX;
  return firstThatFit((window.innerWidth * USUAL_REM_PX) / rem);
}

const USUAL_REM_PX = 16;

function watchWidth(listener: () => void): () => void {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}
