// Beside the map on a wide screen, a sheet over it on a phone: tabs for the table, the statistics, the filters and the
// alerts. In the map view its content is not in the document, so that the Tab key never reaches hidden controls.
"use client";

import { type KeyboardEvent, type ReactNode, useRef } from "react";
import type { Statistics } from "@/flights/statistics";
import type { Texts } from "@/texts/en";
import type { Formats } from "@/texts/formats";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Icon } from "./Icon";
import { TABS, type TabName, type ViewMode } from "./pageUrl";
import type { HeldView } from "./usePageView";

interface Props {
  readonly view: HeldView;
  /** Null until the first picture. */
  readonly statistics: Statistics | null;
  /** How many alerts are unread. */
  readonly unread: number;
  /** How many filters are set, shown on their tab. */
  readonly filterCount: number;
  readonly chips: ReactNode;
  /** The content of the open tab. */
  readonly children: ReactNode;
}

export function SidePanel({ view, statistics, unread, filterCount, chips, children }: Props) {
  const { mode, tab } = view;
  const texts = useTexts();
  const { panel } = texts;
  const formats = useFormats();
  const list = useRef<HTMLDivElement>(null);

  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const index = (TABS.indexOf(tab) + step + TABS.length) % TABS.length;
    view.change({ tab: TABS[index] as TabName });
    list.current?.querySelectorAll("button")[index]?.focus();
  };

  return (
    <aside
      aria-label={panel.label}
      className="panel z-[800] flex min-h-0 flex-col rounded-t-2xl border-line border-t bg-panel wide:rounded-none wide:border-t-0 wide:border-l"
      data-mode={mode}
    >
      <SheetHandle mode={mode} onMode={view.show} summary={summaryOf(statistics, texts, formats)} />
      <div
        aria-label={panel.tabs}
        className="flex flex-none gap-0.5 overflow-x-auto border-line border-b px-2 wide:px-3 wide:pt-1"
        onKeyDown={pressed}
        ref={list}
        role="tablist"
      >
        {TABS.map((name) => (
          <button
            aria-controls={`panel-${name}`}
            aria-selected={tab === name}
            className="-mb-px h-10 border-transparent border-b-2 flex-none px-2.5 font-medium text-muted text-sm hover:text-ink focus-visible:outline-offset-[-2px] aria-selected:border-accent aria-selected:text-ink"
            id={`tab-${name}`}
            key={name}
            onClick={() => view.showTab(name)}
            role="tab"
            tabIndex={tab === name ? 0 : -1}
            type="button"
          >
            {panel[name]}
            {name === "filters" && filterCount > 0 && <Badge>{formats.count(filterCount)}</Badge>}
            {name === "alerts" && unread > 0 && (
              <Badge isAlert>
                <span aria-hidden="true">{unread > 99 ? "99+" : formats.count(unread)}</span>
                <span className="sr-only">{panel.unread(formats.count(unread))}</span>
              </Badge>
            )}
          </button>
        ))}
      </div>
      {chips}
      <div aria-labelledby={`tab-${tab}`} className="flex min-h-0 flex-1 flex-col" id={`panel-${tab}`} role="tabpanel">
        {mode !== "map" && children}
      </div>
    </aside>
  );
}

function Badge({ isAlert = false, children }: { readonly isAlert?: boolean; readonly children: ReactNode }) {
  return (
    <span
      className={`ml-1.5 rounded-full px-1.5 py-0.5 text-2xs tabular-nums ${isAlert ? "bg-danger text-on-danger" : "bg-accent text-on-accent"}`}
    >
      {children}
    </span>
  );
}

const NEXT: Readonly<Record<ViewMode, ViewMode>> = { map: "split", split: "table", table: "map" };
const SWIPE_PX = 30;

/** Only on phones: a tap goes to the next height, a swipe up or down to the next in its direction. */
function SheetHandle({
  mode,
  summary,
  onMode,
}: {
  readonly mode: ViewMode;
  readonly summary: string;
  onMode(mode: ViewMode): void;
}) {
  const { panel } = useTexts();
  const startY = useRef(0);
  const hasSwiped = useRef(false);
  const end = (y: number) => {
    const up = startY.current - y;
    hasSwiped.current = Math.abs(up) > SWIPE_PX;
    if (!hasSwiped.current) return;
    if (up > 0) onMode(mode === "map" ? "split" : "table");
    else onMode(mode === "table" ? "split" : "map");
  };
  return (
    <button
      aria-expanded={mode !== "map"}
      className="flex h-[58px] flex-none touch-none flex-col items-center gap-2 rounded-t-2xl pt-2 focus-visible:outline-offset-[-3px] wide:hidden"
      onClick={() => {
        if (!hasSwiped.current) onMode(NEXT[mode]);
        hasSwiped.current = false;
      }}
      onPointerDown={(event) => {
        startY.current = event.clientY;
      }}
      onPointerUp={(event) => end(event.clientY)}
      type="button"
    >
      <span aria-hidden="true" className="h-1 w-10 rounded-full bg-line" />
      <span className="sr-only">{mode === "table" ? panel.showMap : panel.showMore}: </span>
      <span className="flex items-center gap-1.5 text-soft text-sm tabular-nums">
        {summary}
        <Icon name={mode === "table" ? "down" : "up"} size={16} />
      </span>
    </button>
  );
}

function summaryOf(statistics: Statistics | null, texts: Texts, formats: Formats): string {
  if (statistics === null) return "…";
  const { shown, total } = statistics;
  return shown === total
    ? texts.aircraft(formats.counted(total))
    : texts.aircraftOf(formats.counted(shown), formats.counted(total));
}
