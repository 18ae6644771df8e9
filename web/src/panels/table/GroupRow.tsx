// The heading of a group in the table: a click or Enter opens and closes it.
"use client";

import { useFormats } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { Flag } from "./Flag";
import type { RowGroup } from "./tableGroups";

interface Props {
  readonly group: RowGroup;
  readonly label: string;
  /** Address of a picture, for a country. */
  readonly flag: string | undefined;
  readonly columnCount: number;
  readonly index: number;
  readonly start: number;
  readonly heightPx: number;
  readonly isActive: boolean;
  onToggle(): void;
}

export function GroupRow({ group, label, flag, columnCount, index, start, heightPx, isActive, onToggle }: Props) {
  const formats = useFormats();
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the grid has the focus and the keys, and names this row by aria-activedescendant
    <div
      aria-expanded={group.isOpen}
      aria-level={1}
      aria-rowindex={index + 2}
      className={`absolute top-0 left-0 w-full cursor-pointer border-line border-b bg-sunken hover:text-accent ${isActive ? "is-active-row" : ""}`}
      data-group={group.name}
      id={`flight-${index}`}
      onClick={onToggle}
      role="row"
      style={{ height: heightPx, transform: `translateY(${start}px)` }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see FlightTable */}
      <div
        aria-colspan={columnCount}
        className="sticky left-0 flex h-full w-fit max-w-full items-center gap-2 px-3 text-data"
        role="gridcell"
      >
        <span className={`text-muted ${group.isOpen ? "" : "-rotate-90"}`}>
          <Icon name="down" size={14} />
        </span>
        <Flag address={flag} />
        <span className="min-w-0 truncate font-medium text-ink">{label}</span>
        <span className="text-muted text-xs tabular-nums">{formats.count(group.count)}</span>
      </div>
    </div>
  );
}
