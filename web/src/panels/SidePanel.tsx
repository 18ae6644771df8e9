// Beside the map on a wide screen, a sheet over it on a phone: tabs for the table, the statistics, the filters and the
// alerts. In the map view its content is not in the document, so that the Tab key never reaches hidden controls.
"use client";

import { type KeyboardEvent, type ReactNode, useRef } from "react";
import type { Statistics } from "@/flights/statistics";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { TABS, type TabName, type ViewMode } from "./pageUrl";
import type { HeldView } from "./usePageView";
import { useSheetDrag } from "./useSheetDrag";

interface Props {
  readonly view: HeldView;
  /** Null until the first picture. */
  readonly statistics: Statistics | null;
  /** How many alerts are unread. */
  readonly unread: number;
  /** How many filters are set, shown on their tab. */
  readonly filterCount: number;
  readonly chips: ReactNode;
  /** The card of the selected aircraft, which the sheet of a phone shows instead of the tabs; else false. */
  readonly card: ReactNode;
  /** The content of the open tab. */
  readonly children: ReactNode;
  /** The sheet has come to rest at another height. */
  onSettled(): void;
}

export function SidePanel({ view, statistics, unread, filterCount, chips, card, children, onSettled }: Props) {
  const { tab } = view;
  const tabs = TABS.filter((name) => name !== "airport" || view.airport !== null);
  /** Smaller tabs, so that none is cut. */
  const isFull = tabs.length === TABS.length;
  const hasCard = Boolean(card);
  const { mode, show, sheet, isDragged, handlers } = useSheetDrag(view, hasCard, onSettled);
  const texts = useTexts();
  const { panel } = texts;
  const formats = useFormats();
  const list = useRef<HTMLDivElement>(null);

  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const index = (tabs.indexOf(tab) + step + tabs.length) % tabs.length;
    view.change({ tab: tabs[index] as TabName });
    list.current?.querySelectorAll("button")[index]?.focus();
  };

  return (
    <aside
      aria-label={panel.label}
      className="panel z-[800] flex min-h-0 flex-col rounded-t-2xl border-line border-t bg-panel wide:rounded-none wide:border-t-0 wide:border-l"
      data-card={hasCard ? "" : undefined}
      data-covers-map
      data-dragged={isDragged ? "" : undefined}
      data-mode={mode}
      ref={sheet}
      {...handlers}
    >
      <SheetHandle mode={mode} onMode={show} />
      {card || (
        <>
          <div
            aria-label={panel.tabs}
            className="flex flex-none touch-pan-x gap-0.5 overflow-x-auto border-line border-b px-2 wide:px-3 wide:pt-1"
            data-drags-sheet
            onKeyDown={pressed}
            ref={list}
            role="tablist"
          >
            {tabs.map((name) => (
              <button
                aria-controls={`panel-${name}`}
                aria-selected={tab === name}
                className={`-mb-px relative h-9 border-transparent border-b-2 flex-none font-medium text-muted hover:text-ink wide:h-10 focus-visible:outline-offset-[-2px] aria-selected:border-accent aria-selected:text-ink ${isFull ? "px-1.5 text-data" : "px-1.5 text-sm wide:px-2"}`}
                id={`tab-${name}`}
                key={name}
                onClick={() => view.showTab(name)}
                role="tab"
                tabIndex={tab === name ? 0 : -1}
                type="button"
              >
                {panel[name]}
                {name === "flights" && !isFull && <Shown statistics={statistics} />}
                {name === "filters" && filterCount > 0 && <Badge>{formats.count(filterCount)}</Badge>}
                {name === "alerts" && unread > 0 && (
                  <Badge isAlert>
                    <span aria-hidden="true">{unread > 99 ? "99+" : formats.count(unread)}</span>
                    <span className="sr-only">{panel.unread({ count: unread })}</span>
                  </Badge>
                )}
              </button>
            ))}
          </div>
          {chips}
          <div
            aria-labelledby={`tab-${tab}`}
            className="flex min-h-0 flex-1 flex-col"
            id={`panel-${tab}`}
            role="tabpanel"
          >
            {(mode !== "map" || isDragged) && children}
          </div>
        </>
      )}
    </aside>
  );
}

/** How many aircraft are shown; a wide page has it in the header. */
function Shown({ statistics }: { readonly statistics: Statistics | null }) {
  const texts = useTexts();
  const formats = useFormats();
  if (statistics === null) return null;
  const { shown, total } = statistics;
  const summary = shown === total ? texts.aircraft({ count: total }) : texts.aircraftOf({ shown, total });
  return (
    <span className="ml-1.5 font-normal text-muted text-xs tabular-nums roomy:hidden" title={summary}>
      {formats.count(shown)}
    </span>
  );
}

/** In the corner of its tab: the tabs have no room for it beside their names. */
function Badge({ isAlert = false, children }: { readonly isAlert?: boolean; readonly children: ReactNode }) {
  return (
    <span
      className={`absolute top-0.5 -right-0.5 min-w-3.5 rounded-full px-1 text-center text-2xs leading-3.5 tabular-nums ${isAlert ? "bg-danger text-on-danger" : "bg-accent text-on-accent"}`}
    >
      {children}
    </span>
  );
}

const NEXT: Readonly<Record<ViewMode, ViewMode>> = { map: "split", split: "table", table: "map" };

/** Only on phones: a tap goes to the next height; the finger moves it to any (useSheetDrag.ts). */
function SheetHandle({ mode, onMode }: { readonly mode: ViewMode; onMode(mode: ViewMode): void }) {
  const { panel } = useTexts();
  return (
    <button
      aria-expanded={mode !== "map"}
      aria-label={mode === "table" ? panel.showMap : panel.showMore}
      className="sheet-handle grid h-6 flex-none touch-none place-items-center rounded-t-2xl focus-visible:outline-offset-[-3px] wide:hidden"
      data-drags-sheet
      onClick={() => onMode(NEXT[mode])}
      type="button"
    >
      <span aria-hidden="true" className="h-1 w-10 rounded-full bg-muted" />
    </button>
  );
}
