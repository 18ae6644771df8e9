// Which rows the table shows, in which order. The worker sends an order once a second; it is held back while a person
// points at the rows or moves in them with the keyboard, to keep them still. A replay has rows of
// its own, which the worker does not know: they are sorted here when they change.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { type SortOrder, sortedRows } from "@/flights/sortOrder";
import type { ReplayState } from "../replay/player";
import { useSnapshot } from "../useFlights";

const NO_ROWS = new Uint32Array(0);

interface Held {
  readonly rows: Uint32Array;
  readonly sort: SortOrder;
  readonly filterKey: string;
  readonly isReplay: boolean;
}

export function useTableRows(
  client: FlightsClient,
  sort: SortOrder,
  filterKey: string,
  isTouched: boolean,
  replay: ReplayState,
): Uint32Array {
  const { order } = useSnapshot(client);
  const [held, setHeld] = useState<Held | null>(null);
  const { isOn: isReplay, statistics: replayed } = replay;

  useEffect(() => {
    client.sort(sort);
    return () => client.sort(null);
  }, [client, sort]);

  const isFresh = order !== null && order.by.column === sort.column && order.by.direction === sort.direction;
  const mustFollow =
    held === null || held.sort !== sort || held.filterKey !== filterKey || held.isReplay !== isReplay || !isTouched;
  useEffect(() => {
    if (!mustFollow) return;
    // `replayed` changes with the rows of the replay.
    if (isReplay && replayed !== null) setHeld({ rows: sortedRows(client.rows, sort), sort, filterKey, isReplay });
    else if (!isReplay && isFresh) setHeld({ rows: order.rows, sort, filterKey, isReplay });
  }, [client, isFresh, mustFollow, order, sort, filterKey, isReplay, replayed]);

  return held?.rows ?? NO_ROWS;
}
