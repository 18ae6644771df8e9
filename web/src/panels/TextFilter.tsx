// The filter by text: parts of a callsign, an address or a registration, or a pasted list of them.
"use client";

import type { ClipboardEvent } from "react";
import { useLaterTexts } from "@/texts/later";

interface Props {
  readonly text: string;
  onChange(text: string): void;
}

export function TextFilter({ text, onChange }: Props) {
  const { filters } = useLaterTexts();
  return (
    <label className="block">
      <span className="mb-2 block font-medium text-soft text-sm">{filters.text}</span>
      <input
        className="h-9 w-full rounded-lg border border-line bg-sunken px-3 text-ink text-sm"
        onChange={({ target }) => onChange(target.value)}
        onPaste={(event) => {
          const pasted = withPastedList(event);
          if (pasted !== null) onChange(pasted);
        }}
        spellCheck={false}
        type="search"
        value={text}
      />
    </label>
  );
}

/** The field's text after a list was pasted into it; null if it is no list. A one-line field would drop the line ends between entries. */
export function withPastedList(event: ClipboardEvent<HTMLInputElement>): string | null {
  const list = event.clipboardData.getData("text").trim();
  if (!/[\n\r\t]/.test(list)) return null;
  event.preventDefault();
  const { selectionStart, selectionEnd, value } = event.currentTarget;
  return `${value.slice(0, selectionStart ?? 0)}${list.replaceAll(/[\n\r\t]+/g, ", ")}${value.slice(selectionEnd ?? 0)}`;
}
