// The menu that chooses the table's columns.
"use client";

import { useId } from "react";
import { useTexts } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { usePopover } from "../usePopover";
import { FLIGHT_COLUMNS } from "./flightColumns";
import type { HeldColumns } from "./useColumns";

export function ColumnMenu({ columns }: { readonly columns: HeldColumns }) {
  const { table } = useTexts();
  const { isOpen, setOpen, opener, around } = usePopover();
  const id = useId();
  const { shown } = columns.layout;

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
          className="absolute right-0 bottom-8 z-20 max-h-[min(32rem,60dvh)] w-60 overflow-y-auto rounded-xl border border-line bg-raised p-2 shadow-xl"
          id={id}
        >
          {FLIGHT_COLUMNS.map(({ name }) => (
            <label
              className="flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm text-soft hover:bg-sunken"
              key={name}
            >
              <input
                checked={shown.some((column) => column.name === name)}
                className="size-4 accent-accent"
                disabled={shown.length === 1 && shown[0]?.name === name}
                onChange={() => columns.toggle(name)}
                type="checkbox"
              />
              {table.columns[name]}
            </label>
          ))}
          <button
            className="mt-1 h-8 w-full rounded-md border border-line font-medium text-data text-soft hover:border-accent hover:text-accent"
            onClick={columns.reset}
            type="button"
          >
            {table.resetColumns}
          </button>
          <p className="mt-2 px-2 pb-1 text-2xs text-muted">{table.resizeHint}</p>
        </fieldset>
      )}
    </div>
  );
}
