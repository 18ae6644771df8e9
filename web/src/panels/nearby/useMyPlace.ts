// The person's own place, asked of the browser only when a button is pressed.
"use client";

import { useState } from "react";
import { setHere } from "@/map/here";

export type PlaceState = "idle" | "locating" | "denied" | "unavailable" | "unsafe";

const WAIT_MS = 20_000;
/** A place of this age is as good: nobody walks far in it. */
const OLDEST_MS = 60_000;

export function useMyPlace(): { readonly state: PlaceState; ask(): void } {
  const [state, setState] = useState<PlaceState>("idle");
  const ask = () => {
    if (!window.isSecureContext) return setState("unsafe");
    if (!("geolocation" in navigator)) return setState("unavailable");
    setState("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setState("idle");
        setHere({ kind: "person", name: "", latitudeDeg: coords.latitude, longitudeDeg: coords.longitude });
      },
      ({ code, PERMISSION_DENIED }) => setState(code === PERMISSION_DENIED ? "denied" : "unavailable"),
      { timeout: WAIT_MS, maximumAge: OLDEST_MS },
    );
  };
  return { state, ask };
}
