// The table's columns: which are shown stands in the address, so that a link shows the same; the browser keeps that and
// their widths.
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
      const named = new URLSearchParams(window.location.search).get("columns");
      setLayout({ shown: columnsFrom(named ?? stored("columns")), widths: widthsFrom(stored("widths")) });
    };
    read();
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const show = useCallback(
    (shown: ColumnLayout["shown"]) => {
      replaceInAddress({ columns: columnsText(shown) });
      keep("columns", columnsText(shown));
    },
    [keep],
  );
  const toggle = useCallback(
    (column: SortColumn) => {
      const shown = toggled(layout.shown, column);
      setLayout({ ...layout, shown });
      show(shown);
    },
    [layout, show],
  );
  const resize = useCallback(
    (widths: Widths, column: SortColumn, widthPx: number) => {
      const changed = resized(widths, column, widthPx);
      setLayout({ ...layout, widths: changed });
      keep("widths", widthsText(changed));
    },
    [layout, keep],
  );
  const reset = useCallback(() => {
    setLayout(FIRST_LAYOUT);
    show(FIRST_LAYOUT.shown);
    keep("widths", null);
  }, [show, keep]);
  return useMemo(() => ({ layout, toggle, resize, reset }), [layout, toggle, resize, reset]);
}
