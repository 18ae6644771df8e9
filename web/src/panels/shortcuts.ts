// The keyboard shortcuts, in one table that the help shows too. Single keys can be turned off
// (WCAG 2.1.4); ? and Esc stay. Keys do nothing while a person types.
"use client";

import { useEffect, useRef } from "react";
import type { LaterTexts } from "@/texts/later";

export type Action = Exclude<
  keyof LaterTexts["help"]["keys"],
  "rows" | "pages" | "ends" | "select" | "width" | "group" | "play" | "moment" | "zoom" | "edges"
>;

export const KEYS: Readonly<Record<Action, string>> = {
  help: "?",
  search: "/",
  map: "1",
  split: "2",
  table: "3",
  flights: "f",
  statistics: "s",
  filters: "x",
  alerts: "a",
  past: "r",
  nearby: "n",
  measure: "m",
  units: "u",
  theme: "d",
  share: "l",
  settings: ",",
  close: "Escape",
};

const ALWAYS: readonly Action[] = ["help", "close"];
/** The key of an event without Shift and caps lock: with the latter, "f" is "F". */
function plainKey({ key, shiftKey }: KeyboardEvent): string {
  return shiftKey || key.length > 1 ? key : key.toLowerCase();
}

const ACTIONS = new Map(Object.entries(KEYS).map(([action, key]) => [key, action as Action]));

/** Call `onAction` for the page's keys. Space plays and pauses while `onPlay` is given. */
export function useShortcuts(
  hasSingleKeys: boolean,
  onAction: (action: Action) => void,
  onPlay: (() => void) | null,
): void {
  const latest = useRef({ hasSingleKeys, onAction, onPlay });
  latest.current = { hasSingleKeys, onAction, onPlay };

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const { hasSingleKeys: mayUse, onAction: act, onPlay: play } = latest.current;
      const target = event.target as Element;
      const isTyping = target.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select");
      if (
        event.key === " " &&
        play !== null &&
        mayUse &&
        target.closest("button, input, select, [role=grid]") === null
      ) {
        event.preventDefault();
        play();
        return;
      }
      const action = ACTIONS.get(plainKey(event));
      if (action === undefined || (isTyping && action !== "close")) return;
      if (!mayUse && !ALWAYS.includes(action)) return;
      event.preventDefault();
      act(action);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
