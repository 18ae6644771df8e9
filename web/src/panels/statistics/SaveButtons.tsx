// Two small buttons beside a chart: its picture and its numbers.
"use client";

import type { RefObject } from "react";
import { useLaterTexts } from "@/texts/later";
import { csvOf, fileName, saveCsv, savePicture } from "./save";

interface Props {
  readonly name: string;
  readonly head: readonly string[];
  rows(): readonly (readonly (string | number | null)[])[];
  readonly chart?: RefObject<Element | null>;
}

const BUTTON =
  "h-6 rounded border border-line px-1.5 font-medium text-2xs text-muted hover:border-accent hover:text-accent";

export function SaveButtons({ name, head, rows, chart }: Props) {
  const { statistics } = useLaterTexts();
  const picture = () => {
    if (chart?.current == null) return;
    savePicture(fileName(name, Date.now()), name, chart.current).catch((error: unknown) =>
      console.warn("the picture was not made:", error),
    );
  };
  return (
    <span className="flex flex-none gap-1">
      {chart !== undefined && (
        <button aria-label={statistics.savePicture({ name })} className={BUTTON} onClick={picture} type="button">
          {statistics.picture}
        </button>
      )}
      <button
        aria-label={statistics.saveCsv({ name })}
        className={BUTTON}
        onClick={() => saveCsv(fileName(name, Date.now()), csvOf(head, rows()))}
        type="button"
      >
        {statistics.csv}
      </button>
    </span>
  );
}
