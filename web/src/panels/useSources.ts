// The states of the sources, asked for every quarter of a minute while the page is visible and connected.
"use client";

import { useEffect, useState } from "react";
import { gatewayUrl } from "@/flights/config";
import type { Flights } from "@/flights/running";
import { loadSources, type Sources } from "@/flights/sources";

const INTERVAL_MS = 15_000;

export function useSources(flights: Flights | null, isConnected: boolean): Sources | null {
  const [sources, setSources] = useState<Sources | null>(null);
  const tokens = flights?.tokens ?? null;

  useEffect(() => {
    if (tokens === null || !isConnected) return;
    let isOver = false;
    const ask = async () => {
      if (document.hidden) return;
      const answer = await loadSources(gatewayUrl(window.location), tokens.current);
      if (!isOver) setSources(answer);
    };
    void ask();
    const timer = setInterval(() => void ask(), INTERVAL_MS);
    const shown = () => void ask();
    document.addEventListener("visibilitychange", shown);
    return () => {
      isOver = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [tokens, isConnected]);

  return isConnected ? sources : null;
}
