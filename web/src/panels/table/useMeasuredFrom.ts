// Where the table's distances and bearings count from: the receiver or the person's place if there is one, else the middle of
// the map.
"use client";

import { type RefObject, useEffect, useMemo } from "react";
import type { LatLon } from "@/flights/greatCircle";
import type { MapHandle } from "@/map/FlightMap";
import { getHere, setHere } from "@/map/here";
import { useHere } from "@/map/useHere";
import { useLaterTexts } from "@/texts/later";

export interface MeasuredFrom {
  /** Null while neither is known. */
  readonly place: LatLon | null;
  /** For the heading of a column: "from Roof". */
  readonly heading: string;
  readonly sentence: string;
}

export function useMeasuredFrom(map: RefObject<MapHandle | null>): MeasuredFrom {
  const here = useHere();
  const receiver = map.current?.receiver ?? null;
  // A map that is not shown has not set it.
  useEffect(() => {
    if (receiver !== null && getHere() === null) setHere(receiver);
  }, [receiver]);
  /** As in the address: `latitude,longitude,zoom`. */
  const middle = map.current?.place() ?? "";
  const { nearby, table } = useLaterTexts();
  // With a place of its own, the table stays as it is while the map moves.
  const movedMiddle = here === null ? middle : "";
  return useMemo(() => {
    if (here !== null) {
      const { latitudeDeg, longitudeDeg } = here;
      const name = here.name || (here.kind === "receiver" ? nearby.receiver : nearby.person);
      return {
        place: { latitudeDeg, longitudeDeg },
        heading: table.fromPlace({ place: name }),
        sentence: `${nearby.here} ${name}`,
      };
    }
    const [latitudeDeg, longitudeDeg] = movedMiddle.split(",").map(Number);
    return {
      place: latitudeDeg === undefined || longitudeDeg === undefined ? null : { latitudeDeg, longitudeDeg },
      heading: table.fromMiddle,
      sentence: table.distanceHint,
    };
  }, [here, movedMiddle, nearby, table]);
}
