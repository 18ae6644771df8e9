// The filters: in the page's address, in React, and in the worker, always the same in all three. A search with
// more than MOST_TERMS terms is truncated; `givenTerms` reports how many it had.
"use client";

import { useCallback, useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { type Filters, limitedText, MOST_TERMS, NO_FILTERS } from "@/flights/filters";
import { filtersFromQuery, queryWithFilters } from "@/flights/filterUrl";

export interface HeldFilters {
  readonly filters: Filters;
  /** How many search terms were given when they were more than MOST_TERMS, else null. */
  readonly givenTerms: number | null;
  setFilters(filters: Filters): void;
}

export function useFilters(client: FlightsClient | null): HeldFilters {
  const [filters, setState] = useState<Filters>(NO_FILTERS);
  const [givenTerms, setGivenTerms] = useState<number | null>(null);

  useEffect(() => {
    const read = () => setState(filtersFromQuery(window.location.search));
    read();
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  useEffect(() => client?.filter(filters), [client, filters]);

  const setFilters = useCallback((wanted: Filters) => {
    const { text, given } = limitedText(wanted.text);
    const next = { ...wanted, text };
    setState(next);
    setGivenTerms(given > MOST_TERMS ? given : null);
    const { pathname, search, hash } = window.location;
    window.history.replaceState(null, "", `${pathname}${queryWithFilters(search, next)}${hash}`);
  }, []);

  return { filters, givenTerms, setFilters };
}
