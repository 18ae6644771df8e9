// The head of the table: each heading sorts; its right edge, or Shift with an arrow key, changes the width.
"use client";

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { SortColumn, SortOrder } from "@/flights/sortColumns";
import { useLaterTexts } from "@/texts/later";
import { Icon } from "../Icon";
import { rove } from "../roving";
import { flexOf, type Widths } from "./columnLayout";
import type { HeldColumns } from "./useColumns";
import type { MeasuredFrom } from "./useMeasuredFrom";

const STEP_PX = 8;
const MEASURED: ReadonlySet<SortColumn> = new Set(["distance", "bearing"]);

interface Props {
  readonly columns: HeldColumns;
  readonly sort: SortOrder;
  readonly measuredFrom: MeasuredFrom;
  readonly heightPx: number;
  /** Pixels of one rem. */
  readonly rem: number;
  onSort(order: SortOrder): void;
}

interface Drag {
  readonly column: SortColumn;
  readonly fromX: number;
  readonly fromPx: number;
  readonly widths: Widths;
}

export function TableHead({ columns, sort, measuredFrom, heightPx, rem, onSort }: Props) {
  const { table } = useLaterTexts();
  const { shown, resize } = columns;
  const head = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);

  const toggle = (column: SortColumn) =>
    onSort({
      column,
      direction: sort.column === column && sort.direction === "ascending" ? "descending" : "ascending",
    });
  /** As they are seen now. */
  const widthsNow = (): Widths =>
    Object.fromEntries(
      shown.map(({ name, widthPx }, i) => {
        const cell = head.current?.children[i];
        return [name, cell === undefined ? widthPx : (cell.getBoundingClientRect().width * 16) / rem];
      }),
    );
  const pressed = (event: KeyboardEvent, column: SortColumn) => {
    const step = event.key === "ArrowRight" ? STEP_PX : event.key === "ArrowLeft" ? -STEP_PX : 0;
    if (!event.shiftKey || step === 0) return;
    event.preventDefault();
    const widths = widthsNow();
    resize(widths, column, (widths[column] ?? 0) + step);
  };
  const began = (event: PointerEvent, column: SortColumn) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const widths = widthsNow();
    drag.current = { column, fromX: event.clientX, fromPx: widths[column] ?? 0, widths };
  };
  const moved = (event: PointerEvent) => {
    if (drag.current === null) return;
    const { column, fromX, fromPx, widths } = drag.current;
    resize(widths, column, fromPx + ((event.clientX - fromX) * 16) / rem);
  };
  const ended = () => {
    drag.current = null;
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: see FlightTable
    <div
      className="sticky top-0 z-10 border-line border-b bg-panel"
      ref={rove}
      role="rowgroup"
      style={{ height: heightPx }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see FlightTable; its buttons take the focus */}
      <div aria-rowindex={1} className="flex h-full" ref={head} role="row">
        {shown.map((column, i) => (
          // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see FlightTable; its button takes the focus
          <div
            aria-colindex={i + 1}
            aria-sort={sort.column === column.name ? sort.direction : "none"}
            className="group relative min-w-0"
            key={column.name}
            role="columnheader"
            style={{ flex: flexOf(column, columns.widths) }}
          >
            <button
              className={`flex h-full w-full items-center gap-0.5 px-3 font-medium text-muted text-xs hover:text-ink focus-visible:outline-offset-[-2px] ${column.isNumber ? "justify-end" : ""} ${sort.column === column.name ? "text-ink" : ""}`}
              onClick={() => toggle(column.name)}
              onKeyDown={(event) => pressed(event, column.name)}
              title={MEASURED.has(column.name) ? measuredFrom.sentence : undefined}
              type="button"
            >
              <span className="min-w-0 leading-tight">
                <span className="block truncate">{table.columns[column.name]}</span>
                {MEASURED.has(column.name) && (
                  <>
                    {" "}
                    <span className="block truncate font-normal text-2xs">{measuredFrom.heading}</span>
                  </>
                )}
              </span>
              {sort.column === column.name && (
                <span className="-mr-2.5 flex-none text-accent">
                  <Icon name={sort.direction === "ascending" ? "up" : "down"} size={12} />
                </span>
              )}
            </button>
            <span
              aria-hidden="true"
              className={`${i === shown.length - 1 ? "right-0" : "-right-1.5"} absolute inset-y-1 z-10 w-3 cursor-col-resize touch-none after:absolute after:inset-y-1 after:left-1.5 after:w-px after:bg-line after:opacity-0 hover:after:bg-accent hover:after:opacity-100 group-hover:after:opacity-100`}
              data-resize={column.name}
              onPointerCancel={ended}
              onPointerDown={(event) => began(event, column.name)}
              onPointerMove={moved}
              onPointerUp={ended}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
