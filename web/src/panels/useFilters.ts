// The filters: in the page's address, in React, and in the worker, always the same in all three.
"use client";

import { useCallback, useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { type Filters, NO_FILTERS } from "@/flights/filters";
import { filtersFromQuery, queryWithFilters } from "@/flights/filterUrl";

export function useFilters(client: FlightsClient | null): { filters: Filters; setFilters: (filters: Filters) => void } {
  const [filters, setState] = useState<Filters>(NO_FILTERS);

  useEffect(() => {
    const read = () => setState(filtersFromQuery(window.location.search));
    read();
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  useEffect(() => client?.filter(filters), [client, filters]);

  const setFilters = useCallback((next: Filters) => {
    setState(next);
    const { pathname, search, hash } = window.location;
    window.history.replaceState(null, "", `${pathname}${queryWithFilters(search, next)}${hash}`);
  }, []);

  return { filters, setFilters };
}
