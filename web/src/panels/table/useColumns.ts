// The table's columns: which are shown and how wide stands in the address, so that a link shows the same; the browser
// keeps it, too.
"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import type { SortColumn } from "@/flights/sortOrder";
import { replaceInAddress } from "../pageUrl";
import { usePreferences } from "../preferences/Preferences";
import { stored } from "../preferences/storage";
import {
  type ColumnLayout,
  columnsFrom,
  columnsText,
  FIRST_LAYOUT,
  resized,
  toggled,
  type Widths,
  widthsFrom,
  widthsText,
} from "./columnLayout";

export interface HeldColumns {
  readonly layout: ColumnLayout;
  toggle(column: SortColumn): void;
  /** `widths` are those of all columns as they are; one of them changes. */
  resize(widths: Widths, column: SortColumn, widthPx: number): void;
  /** All columns, sharing what room there is. */
  reset(): void;
}

export function useColumns(): HeldColumns {
  const { keep } = usePreferences();
  const [layout, setLayout] = useState<ColumnLayout>(FIRST_LAYOUT);

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
    ({ shown, widths }: ColumnLayout) => {
      setLayout({ shown, widths });
      const texts = { columns: columnsText(shown), widths: widthsText(widths) };
      replaceInAddress(texts);
      keep("columns", texts.columns);
      keep("widths", texts.widths);
    },
    [keep],
  );
  const toggle = useCallback(
    (column: SortColumn) => show({ ...layout, shown: toggled(layout.shown, column) }),
    [layout, show],
  );
  const resize = useCallback(
    (widths: Widths, column: SortColumn, widthPx: number) =>
      show({ ...layout, widths: resized(widths, column, widthPx) }),
    [layout, show],
  );
  const reset = useCallback(() => show(FIRST_LAYOUT), [show]);
  return useMemo(() => ({ layout, toggle, resize, reset }), [layout, toggle, resize, reset]);
}
