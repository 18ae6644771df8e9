// The height of a phone's sheet. It follows the finger, and comes to rest at the nearest of three heights (globals.css),
// or one further for a flick. The card of a selected aircraft has a height of its own, and begins low.
"use client";

import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { ViewMode } from "./pageUrl";
import type { HeldView } from "./usePageView";

/** Elements by which a finger moves the sheet. */
const HANDLES = "[data-drags-sheet]";
const DRAG_PX = 6;
/** A flick counts as far as it would go in this time. */
const FLICK_MS = 120;
/** A finger that rested for longer before it left does not flick. */
const REST_MS = 80;
/** Longer than the transition of the height. */
const SETTLED_MS = 250;
/** Shares of the room between low and half, and between half and full, with and without a card. */
const BORDERS = { card: [0.53, 0.83], tabs: [0.3, 0.76] } as const;

interface Sheet {
  readonly mode: ViewMode;
  readonly sheet: RefObject<HTMLElement | null>;
  readonly isDragged: boolean;
  readonly handlers: {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onPointerCancel(): void;
    onClickCapture(event: { preventDefault(): void; stopPropagation(): void }): void;
  };
  show(mode: ViewMode): void;
}

interface Drag {
  readonly startY: number;
  readonly startPx: number;
  y: number;
  timeMs: number;
  /** Pixels per millisecond, upwards. */
  speed: number;
  hasBegun: boolean;
}

export function useSheetDrag(view: HeldView, hasCard: boolean, onSettled: () => void): Sheet {
  const [cardMode, setCardMode] = useState<ViewMode>("map");
  const [isDragged, setDragged] = useState(false);
  const sheet = useRef<HTMLElement>(null);
  const drag = useRef<Drag | null>(null);
  const wasDragged = useRef(false);
  const mode = hasCard ? cardMode : view.mode;
  const show = hasCard ? setCardMode : view.show;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the card of another aircraft begins low
  useEffect(() => setCardMode("map"), [view.selected]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each height covers another part of the map
  useEffect(() => {
    if (isDragged) return;
    const timer = setTimeout(onSettled, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [mode, hasCard, isDragged, onSettled]);

  const end = (isTaken: boolean, timeMs: number) => {
    const { current } = drag;
    drag.current = null;
    if (current?.hasBegun !== true || sheet.current === null) return;
    const roomPx = sheet.current.parentElement?.clientHeight ?? window.innerHeight;
    const flickPx = timeMs - current.timeMs > REST_MS ? 0 : current.speed * FLICK_MS;
    const px = current.startPx + current.startY - current.y + flickPx;
    const [low, high] = hasCard ? BORDERS.card : BORDERS.tabs;
    sheet.current.style.height = "";
    setDragged(false);
    if (isTaken) show(px < low * roomPx ? "map" : px < high * roomPx ? "split" : "table");
  };
  return {
    mode,
    show,
    sheet,
    isDragged,
    handlers: {
      onPointerDown: (event) => {
        wasDragged.current = false;
        const isHandle = event.target instanceof Element && event.target.closest(HANDLES) !== null;
        if (!isHandle || !event.isPrimary || event.button !== 0 || sheet.current === null) return;
        // A panel beside the map has one height, and no handle.
        if (!sheet.current.querySelector(".sheet-handle")?.clientHeight) return;
        const { clientY: y, timeStamp: timeMs } = event;
        drag.current = { startY: y, startPx: sheet.current.offsetHeight, y, timeMs, speed: 0, hasBegun: false };
      },
      onPointerMove: (event) => {
        const { current } = drag;
        if (current === null || sheet.current === null || !event.isPrimary) return;
        if (!current.hasBegun && Math.abs(event.clientY - current.startY) < DRAG_PX) return;
        if (!current.hasBegun) {
          current.hasBegun = true;
          wasDragged.current = true;
          sheet.current.setPointerCapture(event.pointerId);
          setDragged(true);
        }
        const elapsedMs = Math.max(1, event.timeStamp - current.timeMs);
        current.speed = (current.y - event.clientY) / elapsedMs;
        current.y = event.clientY;
        current.timeMs = event.timeStamp;
        sheet.current.style.height = `${current.startPx + current.startY - event.clientY}px`;
      },
      onPointerUp: ({ timeStamp }) => end(true, timeStamp),
      onPointerCancel: () => end(false, 0),
      onClickCapture: (event) => {
        if (!wasDragged.current) return;
        wasDragged.current = false;
        event.preventDefault();
        event.stopPropagation();
      },
    },
  };
}
