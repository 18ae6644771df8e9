// The menu that chooses the table's columns and puts them in order.
"use client";

import { useId } from "react";
import { useLaterTexts } from "@/texts/later";
import { Icon } from "../Icon";
import { rove } from "../roving";
import { usePopover } from "../usePopover";
import type { HeldColumns } from "./useColumns";
import type { MeasuredFrom } from "./useMeasuredFrom";

interface Props {
  readonly columns: HeldColumns;
  readonly measuredFrom: MeasuredFrom;
}

export function ColumnMenu({ columns, measuredFrom }: Props) {
  const { table } = useLaterTexts();
  const { isOpen, setOpen, opener, around } = usePopover();
  const id = useId();
  const { all, shown } = columns;

  return (
    <div className="relative flex-none" ref={around}>
      <button
        aria-controls={isOpen ? id : undefined}
        aria-expanded={isOpen}
        className="flex items-center gap-1.5 rounded px-1 font-medium hover:text-accent aria-expanded:text-accent"
        onClick={() => setOpen(!isOpen)}
        ref={opener}
        type="button"
      >
        <Icon name="columns" size={14} />
        {table.chooseColumns}
      </button>
      {isOpen && (
        <fieldset
          aria-label={table.chooseColumns}
          className="absolute right-0 bottom-8 z-20 max-h-[min(32rem,60dvh)] w-72 max-w-[90vw] overflow-y-auto rounded-xl border border-line bg-raised p-2 shadow-xl"
          id={id}
        >
          <div ref={rove}>
            {all.map(({ name }, i) => (
              <div className="flex items-center rounded-md pr-1 hover:bg-sunken" key={name}>
                <label className="flex h-8 min-w-0 flex-1 cursor-pointer items-center gap-2.5 px-2 text-sm text-soft">
                  <input
                    checked={i < shown.length}
                    className="size-4 flex-none accent-accent"
                    disabled={shown.length === 1 && i === 0}
                    onChange={() => columns.toggle(name)}
                    type="checkbox"
                  />
                  <span className="min-w-0 truncate">{table.columns[name]}</span>
                </label>
                {i < shown.length && (
                  <>
                    <Move
                      icon="up"
                      isDisabled={i === 0}
                      label={table.moveLeft({ column: table.columns[name] })}
                      onMove={() => columns.move(name, -1)}
                    />
                    <Move
                      icon="down"
                      isDisabled={i === shown.length - 1}
                      label={table.moveRight({ column: table.columns[name] })}
                      onMove={() => columns.move(name, 1)}
                    />
                  </>
                )}
              </div>
            ))}
          </div>
          <button
            className="mt-1 h-8 w-full rounded-md border border-line font-medium text-data text-soft hover:border-accent hover:text-accent"
            onClick={columns.reset}
            type="button"
          >
            {table.resetColumns}
          </button>
          <p className="mt-2 px-2 pb-1 text-2xs text-muted">{table.resizeHint}</p>
          <p className="px-2 pb-1 text-2xs text-muted">{measuredFrom.sentence}</p>
        </fieldset>
      )}
    </div>
  );
}

interface MoveProps {
  readonly icon: "up" | "down";
  readonly label: string;
  readonly isDisabled: boolean;
  onMove(): void;
}

/** Stays in the tab order at the end of its way, so that the focus is not lost there. */
function Move({ icon, label, isDisabled, onMove }: MoveProps) {
  return (
    <button
      aria-disabled={isDisabled}
      aria-label={label}
      className="grid size-7 flex-none place-items-center rounded text-muted hover:text-accent aria-disabled:opacity-30"
      onClick={isDisabled ? undefined : onMove}
      title={label}
      type="button"
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
