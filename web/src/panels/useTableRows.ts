// Which rows the table shows, in which order. The worker sends an order once a second; it is held back while a person
// points at the rows or works in them with the keyboard, so that what they aim at stays where it is.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { SortOrder } from "@/flights/sortOrder";
import { useSnapshot } from "./useFlights";

const NO_ROWS = new Uint32Array(0);

interface Held {
  readonly rows: Uint32Array;
  readonly sort: SortOrder;
  readonly filterKey: string;
}

export function useTableRows(
  client: FlightsClient,
  sort: SortOrder,
  filterKey: string,
  isTouched: boolean,
): Uint32Array {
  const { order } = useSnapshot(client);
  const [held, setHeld] = useState<Held | null>(null);

  useEffect(() => {
    client.sort(sort);
    return () => client.sort(null);
  }, [client, sort]);

  const isFresh = order !== null && order.by.column === sort.column && order.by.direction === sort.direction;
  const mustFollow = held === null || held.sort !== sort || held.filterKey !== filterKey || !isTouched;
  useEffect(() => {
    if (isFresh && mustFollow) setHeld({ rows: order.rows, sort, filterKey });
  }, [isFresh, mustFollow, order, sort, filterKey]);

  return held?.rows ?? NO_ROWS;
}
