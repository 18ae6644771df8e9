// The history of a client's pulses, kept as long as the page.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { PulseHistory } from "./history";

export function useHistory(client: FlightsClient | null): PulseHistory | null {
  const [history, setHistory] = useState<PulseHistory | null>(null);
  useEffect(() => {
    if (client === null) return;
    const made = new PulseHistory(client);
    setHistory(made);
    return () => made.close();
  }, [client]);
  return history;
}
