// Which rows the table shows, in which order. The worker sends an order once a second; it is held back while a person
// points at the rows or moves in them with the keyboard, to keep them still. The past has rows of
// its own, which the worker does not know: they are sorted here when they change.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { SortOrder } from "@/flights/sortColumns";
import { type SortBasis, sortedRows } from "@/flights/sortOrder";
import type { PastState } from "../timeline/pastState";
import { useSnapshot } from "../useFlights";

const NO_ROWS = new Uint32Array(0);

interface Held {
  readonly rows: Uint32Array;
  readonly sort: SortOrder;
  readonly filterKey: string;
  readonly isPast: boolean;
}

export function useTableRows(
  client: FlightsClient,
  sort: SortOrder,
  basis: SortBasis,
  filterKey: string,
  isTouched: boolean,
  past: PastState,
): Uint32Array {
  const { order } = useSnapshot(client);
  const [held, setHeld] = useState<Held | null>(null);
  const { statistics: shownThen } = past;
  const isPast = shownThen !== null;

  useEffect(() => {
    client.sort(sort, basis);
    return () => client.sort(null);
  }, [client, sort, basis]);

  const isFresh = order !== null && order.by.column === sort.column && order.by.direction === sort.direction;
  const mustFollow =
    held === null || held.sort !== sort || held.filterKey !== filterKey || held.isPast !== isPast || !isTouched;
  useEffect(() => {
    if (!mustFollow) return;
    // `shownThen` changes with the rows of the past.
    if (shownThen !== null) setHeld({ rows: sortedRows(client.rows, sort, basis), sort, filterKey, isPast });
    else if (isFresh) setHeld({ rows: order.rows, sort, filterKey, isPast });
  }, [client, isFresh, mustFollow, order, sort, basis, filterKey, isPast, shownThen]);

  // Rows of the present have other numbers than those of the past.
  return held === null || held.isPast !== isPast ? NO_ROWS : held.rows;
}
