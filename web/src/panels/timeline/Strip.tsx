// The timeline's strip: a canvas that is dragged, zoomed with wheel or two fingers, and moved with the keys of a slider.
// It draws itself several times a second, without React.
"use client";

import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useEffect, useRef } from "react";
import type { Theme } from "@/map/palette";
import type { LaterTexts } from "@/texts/later";
import { type Colours, drawTimeline } from "./drawTimeline";
import type { MomentWords } from "./moments";
import type { PastPlayer } from "./player";
import {
  BIG_STEP,
  type Bounds,
  containing,
  firstSpan,
  keyStepMs,
  keyTarget,
  moved,
  placeOf,
  type Span,
  timeAt,
  withPresent,
  zoomed,
} from "./timeScale";

const DRAW_MS = 200;
const WHEEL_ZOOM = 0.002;
/** So close to the present a drag means the present. */
const LIVE_PX = 10;
export const ZOOM_STEP = 2;

export interface StripHandle {
  zoom(factor: number): void;
  /** Move the span so far that the moment is in it. */
  reveal(timeMs: number): void;
}

interface Props {
  readonly player: PastPlayer;
  readonly theme: Theme;
  readonly words: MomentWords;
  readonly texts: LaterTexts["timeline"];
  readonly handle: RefObject<StripHandle | null>;
}

export function Strip(props: Props) {
  const { player, theme, words, texts, handle } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLParagraphElement>(null);
  const span = useRef<Span | null>(null);
  const nowMs = useRef(0);
  const pointedMs = useRef<number | null>(null);
  const pointers = useRef(new Map<number, number>());

  const bounds = useCallback((): Bounds => {
    const { history } = player.getState();
    return { firstMs: history?.fromMs ?? nowMs.current, nowMs: nowMs.current };
  }, [player]);

  const draw = useCallback(() => {
    const { history, isOn } = player.getState();
    const [element, bar] = [canvas.current, strip.current];
    if (element === null || bar === null || history === null) return;
    const wasMs = nowMs.current;
    nowMs.current = player.presentMs();
    span.current = span.current === null ? firstSpan(bounds()) : withPresent(span.current, wasMs, nowMs.current);
    const shownMs = player.timeMs();
    // Only while it plays: a person who looks elsewhere on the timeline stays there.
    if (player.getState().isPlaying && pointers.current.size === 0) {
      const place = placeOf(span.current, shownMs);
      if (place > 1 && place < 1.05) span.current = containing(span.current, shownMs, bounds());
    }
    const [width, height] = [bar.clientWidth, bar.clientHeight];
    const ratio = window.devicePixelRatio;
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    const context = element.getContext("2d");
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawTimeline(context, width, height, {
      history,
      span: span.current,
      nowMs: nowMs.current,
      shownMs: isOn ? shownMs : null,
      pointedMs: pointedMs.current,
      colours: coloursOf(bar),
      writeTime: (timeMs) => words.minute(timeMs),
      writeDay: (timeMs) => words.shortDay(timeMs),
    });
    bar.setAttribute("aria-valuemin", String(Math.round(history.fromMs / 1000)));
    bar.setAttribute("aria-valuemax", String(Math.round(nowMs.current / 1000)));
    bar.setAttribute("aria-valuenow", String(Math.round(shownMs / 1000)));
    bar.setAttribute("aria-valuetext", isOn ? words.full(shownMs) : texts.live);
    showTip(tip.current, pointedMs.current, span.current, words);
  }, [player, bounds, words, texts]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    draw();
    const timer = setInterval(draw, DRAW_MS);
    const observer = new ResizeObserver(draw);
    if (strip.current !== null) observer.observe(strip.current);
    const unsubscribe = player.subscribe(draw);
    return () => {
      clearInterval(timer);
      observer.disconnect();
      unsubscribe();
    };
  }, [player, draw, theme]);

  const change = useCallback(
    (next: (span: Span) => Span) => {
      if (span.current !== null) span.current = next(span.current);
      draw();
    },
    [draw],
  );
  const placeAt = (clientX: number): number => {
    const box = strip.current?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? 0 : (clientX - box.left) / box.width;
  };

  useEffect(() => {
    handle.current = {
      zoom: (factor) =>
        change((shown) => {
          const place = placeOf(shown, player.timeMs());
          return zoomed(shown, factor, place >= 0 && place <= 1 ? place : 0.5, bounds());
        }),
      reveal: (timeMs) => change((shown) => containing(shown, timeMs, bounds())),
    };
    return () => {
      handle.current = null;
    };
  }, [handle, change, bounds, player]);

  // React's own listeners are passive: the page would zoom or scroll as well.
  useEffect(() => {
    const bar = strip.current;
    if (bar === null) return;
    const wheeled = (event: WheelEvent) => {
      event.preventDefault();
      const box = bar.getBoundingClientRect();
      const place = (event.clientX - box.left) / box.width;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        change((shown) => moved(shown, sideways / box.width, bounds()));
      } else change((shown) => zoomed(shown, Math.exp(event.deltaY * WHEEL_ZOOM), place, bounds()));
    };
    bar.addEventListener("wheel", wheeled, { passive: false });
    return () => bar.removeEventListener("wheel", wheeled);
  }, [change, bounds]);

  const seekTo = (clientX: number) => {
    if (span.current === null) return;
    player.seek(timeAt(span.current, placeAt(clientX)));
  };
  const pressed = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, event.clientX);
    if (pointers.current.size > 1) return;
    player.setDragging(true);
    seekTo(event.clientX);
  };
  const pointerMoved = (event: PointerEvent<HTMLDivElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (event.pointerType === "mouse" && span.current !== null) {
      pointedMs.current = timeAt(span.current, placeAt(event.clientX));
    }
    if (before === undefined) {
      draw();
      return;
    }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, event.clientX);
    if (other === undefined) {
      seekTo(event.clientX);
      return;
    }
    const width = strip.current?.clientWidth ?? 1;
    const factor = Math.max(20, Math.abs(before - other)) / Math.max(20, Math.abs(event.clientX - other));
    change((shown) =>
      moved(
        zoomed(shown, factor, placeAt((event.clientX + other) / 2), bounds()),
        (before - event.clientX) / 2 / width,
        bounds(),
      ),
    );
  };
  const released = (event: PointerEvent<HTMLDivElement>) => {
    if (!pointers.current.delete(event.pointerId) || pointers.current.size > 0) return;
    player.setDragging(false);
    const width = strip.current?.clientWidth ?? 0;
    const livePx = span.current === null ? 0 : (placeOf(span.current, nowMs.current) - placeAt(event.clientX)) * width;
    if (livePx < LIVE_PX) player.end();
  };
  const left = () => {
    pointedMs.current = null;
    draw();
  };

  const keyed = (event: KeyboardEvent) => {
    if (span.current === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const stepMs = keyStepMs(span.current) * (event.shiftKey ? BIG_STEP : 1);
    const go = (timeMs: number) => {
      if (timeMs >= nowMs.current) player.end();
      else player.seek(timeMs);
      change((shown) => containing(shown, player.timeMs(), bounds()));
    };
    const zoom = event.key === "+" ? 1 / ZOOM_STEP : event.key === "-" ? ZOOM_STEP : null;
    const timeMs = keyTarget(event.key, player.timeMs(), stepMs, bounds());
    if (zoom === null && timeMs === null) return;
    event.preventDefault();
    if (zoom !== null) handle.current?.zoom(zoom);
    if (timeMs !== null) go(timeMs);
  };

  return (
    <div className="relative h-14 min-w-0 flex-1">
      <div
        aria-label={texts.slider}
        aria-valuenow={0}
        className="timeline-strip absolute inset-0 cursor-ew-resize touch-none overflow-hidden rounded-md"
        onKeyDown={keyed}
        onPointerCancel={released}
        onPointerDown={pressed}
        onPointerLeave={left}
        onPointerMove={pointerMoved}
        onPointerUp={released}
        ref={strip}
        role="slider"
        tabIndex={0}
      >
        <canvas className="absolute inset-0 size-full" ref={canvas} />
      </div>
      <p
        aria-hidden="true"
        className="pointer-events-none absolute bottom-full mb-1 hidden -translate-x-1/2 whitespace-nowrap rounded-md border border-line bg-raised px-2 py-1 text-ink text-xs tabular-nums shadow-lg"
        ref={tip}
      />
    </div>
  );
}

function showTip(tip: HTMLParagraphElement | null, timeMs: number | null, span: Span, words: MomentWords): void {
  if (tip === null) return;
  tip.style.display = timeMs === null ? "none" : "block";
  if (timeMs === null) return;
  tip.textContent = `${words.shortDay(timeMs)} ${words.second(timeMs)} · ${words.utc(timeMs)}`;
  const width = tip.parentElement?.clientWidth ?? 0;
  const half = tip.offsetWidth / 2;
  tip.style.left = `${Math.max(half, Math.min(width - half, placeOf(span, timeMs) * width))}px`;
}

function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: colour("--sunken"),
    line: colour("--line"),
    words: colour("--muted"),
    density: `${colour("--accent")}66`,
    now: colour("--accent"),
    shown: colour("--warn"),
  };
}
