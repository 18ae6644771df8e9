// Statistics in two parts: the traffic, which people come for, and the connection, which brings it. Once a second; every
// chart can be saved as a picture and as numbers. The address holds the part.
"use client";

import { useEffect, useState } from "react";
import type { Sources } from "@/flights/sources";
import type { Statistics } from "@/flights/statistics";
import type { Connection, Pulse } from "@/flights/workerMessages";
import { useLaterTexts } from "@/texts/later";
import { Choices } from "./Controls";
import { oneOf, replaceInAddress } from "./pageUrl";
import { ConnectionStatistics } from "./statistics/ConnectionStatistics";
import type { PulseHistory } from "./statistics/history";
import { TrafficStatistics } from "./statistics/TrafficStatistics";

const PARTS = ["traffic", "connection"] as const;
type PartName = (typeof PARTS)[number];

interface Props {
  readonly statistics: Statistics;
  readonly pulse: Pulse;
  readonly history: PulseHistory;
  readonly connection: Connection | null;
  /** Null while they are unknown. */
  readonly sources: Sources | null;
  readonly isPast: boolean;
}

export function StatisticsPanel({ statistics, pulse, history, connection, sources, isPast }: Props) {
  const { statistics: texts } = useLaterTexts();
  const [part, setPart] = usePart();
  const { samples } = history;
  return (
    <div className="@container min-h-0 flex-1 overflow-y-auto p-4">
      <div className="mb-4 max-w-md">
        <Choices
          isLabelHidden
          label={texts.parts}
          name="statistics"
          onChoose={setPart}
          options={PARTS.map((value) => ({ value, label: texts[value] }))}
          value={part}
        />
      </div>
      {part === "traffic" ? (
        <TrafficStatistics samples={isPast ? null : samples} statistics={statistics} />
      ) : (
        <ConnectionStatistics
          connection={connection}
          isPast={isPast}
          pulse={pulse}
          samples={samples}
          sources={sources}
        />
      )}
    </div>
  );
}

function usePart(): readonly [PartName, (part: PartName) => void] {
  const [part, setPart] = useState<PartName>(partInAddress);
  useEffect(() => {
    const read = () => setPart(partInAddress());
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);
  const choose = (chosen: PartName) => {
    setPart(chosen);
    replaceInAddress({ statistics: chosen === "traffic" ? null : chosen });
  };
  return [part, choose];
}

function partInAddress(): PartName {
  return oneOf(PARTS, new URLSearchParams(window.location.search).get("statistics")) ?? "traffic";
}
