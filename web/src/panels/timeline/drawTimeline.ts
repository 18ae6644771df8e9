// Draws the timeline on a canvas: how many aircraft there were, gaps, round times, the moment that is shown, the present.
import type { History } from "@/flights/past/history";
import { pageScale } from "@/map/pageScale";
import { placeOf, type Span, ticksOf } from "./timeScale";

/** Of words at the page's usual size: the line at the foot, their size, the space below them, and from one to the next. */
const WORDS_PX = { line: 16, size: 11, below: 4, every: 84, apart: 8 };
const HATCH_PX = 6;
const HANDLE_PX = 5;

export interface Colours {
  readonly ground: string;
  readonly line: string;
  readonly words: string;
  readonly density: string;
  readonly now: string;
  readonly shown: string;
}

export interface TimelinePicture {
  readonly history: History;
  readonly span: Span;
  readonly nowMs: number;
  /** The moment that is shown; null for the present. */
  readonly shownMs: number | null;
  /** The moment under the pointer, or null. */
  readonly pointedMs: number | null;
  readonly colours: Colours;
  writeTime(timeMs: number): string;
  writeDay(timeMs: number): string;
}

export function drawTimeline(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  picture: TimelinePicture,
): void {
  const { history, span, nowMs, shownMs, pointedMs, colours } = picture;
  const scale = pageScale();
  const foot = height - scale * WORDS_PX.line;
  const x = (timeMs: number) => placeOf(span, timeMs) * width;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, width, foot);
  drawDensity(context, width, foot, picture, x);
  const [first, last] = [history.fromMs, history.toMs];
  hatch(context, 0, x(first), foot, colours.line);
  for (const gap of history.gaps) {
    context.fillStyle = colours.ground;
    context.fillRect(x(gap.fromMs), 0, x(gap.toMs) - x(gap.fromMs), foot);
    hatch(context, x(gap.fromMs), x(gap.toMs), foot, colours.line);
  }
  // What has been heard since the last file will be kept soon.
  hatch(context, x(last), x(nowMs), foot, colours.line, 2);
  drawTicks(context, width, height, scale, picture, x);
  vertical(context, x(nowMs), foot, colours.now, 2);
  if (pointedMs !== null) vertical(context, x(pointedMs), foot, colours.words, 1);
  if (shownMs !== null) {
    const at = x(shownMs);
    vertical(context, at, foot, colours.shown, 3);
    context.fillStyle = colours.shown;
    context.beginPath();
    context.moveTo(at - HANDLE_PX - 2, 0);
    context.lineTo(at + HANDLE_PX + 2, 0);
    context.lineTo(at, HANDLE_PX + 5);
    context.fill();
  }
}

function drawDensity(
  context: CanvasRenderingContext2D,
  width: number,
  foot: number,
  { history, colours }: TimelinePicture,
  x: (timeMs: number) => number,
): void {
  const { density } = history;
  const most = Math.max(1, ...density.map(({ aircraft }) => aircraft));
  context.fillStyle = colours.density;
  for (let i = 0; i < density.length; i++) {
    const entry = density[i] as History["density"][number];
    // The first entry may begin before the history does.
    const left = x(Math.max(entry.fromMs, history.fromMs));
    const right = Math.min(x(density[i + 1]?.fromMs ?? history.toMs), x(history.toMs));
    if (right < 0 || left > width || entry.aircraft === 0) continue;
    // A few aircraft are more than none.
    const high = Math.max(2, (entry.aircraft / most) * (foot - 6));
    const from = Math.floor(left);
    context.fillRect(from, foot - high, Math.max(1, Math.floor(right) - from), high);
  }
}

function drawTicks(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  scale: number,
  picture: TimelinePicture,
  x: (timeMs: number) => number,
): void {
  const { span, colours } = picture;
  const foot = height - scale * WORDS_PX.line;
  context.font = `${scale * WORDS_PX.size}px system-ui, sans-serif`;
  context.textBaseline = "alphabetic";
  let freeFrom = 0;
  for (const { timeMs, isDay } of ticksOf(span, width / (scale * WORDS_PX.every))) {
    const at = x(timeMs);
    context.fillStyle = colours.line;
    context.fillRect(Math.round(at), isDay ? 0 : foot - 4, 1, isDay ? foot : 4);
    const words = isDay ? picture.writeDay(timeMs) : picture.writeTime(timeMs);
    const half = context.measureText(words).width / 2;
    const left = Math.max(0, Math.min(width - 2 * half, at - half));
    if (left < freeFrom) continue;
    freeFrom = left + 2 * half + scale * WORDS_PX.apart;
    context.fillStyle = colours.words;
    context.fillText(words, left, height - scale * WORDS_PX.below);
  }
}

function vertical(context: CanvasRenderingContext2D, at: number, foot: number, colour: string, width: number): void {
  context.fillStyle = colour;
  context.fillRect(at - width / 2, 0, width, foot);
}

/** Slanted lines: nothing was kept. */
function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  right: number,
  foot: number,
  colour: string,
  every = 1,
): void {
  if (right <= left) return;
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, foot);
  context.clip();
  context.strokeStyle = colour;
  context.beginPath();
  const gapPx = HATCH_PX * every;
  const from = Math.max(left, -foot);
  const to = Math.min(right, context.canvas.width);
  for (let at = from - foot - ((from - foot) % gapPx); at < to; at += gapPx) {
    context.moveTo(at, foot);
    context.lineTo(at + foot, 0);
  }
  context.stroke();
  context.restore();
}
