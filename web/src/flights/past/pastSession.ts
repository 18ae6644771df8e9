// The past's session, in a worker of its own: loads moments around the one that is wanted, and gives the page its rows.
//
// Guarantees: one request at a time; a new wish that the running request does not answer cancels it; what is loaded is
// bounded (momentBuffer.ts). pastWorker.ts passes the worker's clock and fetch; tests pass their own.
//
// While a person looks closely (the wish has an area), most moments are loaded of that area only. Each has the others of
// the last moment of the whole world, at most WORLD_STEPS old.
import { NameTable } from "@flighttracker/client";
import { type Filters, NO_FILTERS } from "../filters";
import { buffersOf, packRows, UNSENT_ROW, UNSENT_STATICS } from "../packRows";
import { rowTest } from "../rowTest";
import { countRows } from "../statistics";
import { trailPoints } from "../trailPoints";
import { type Area, isSameArea } from "./area";
import { joinMoments } from "./joinMoments";
import { LoadError, loadFrames, type Steps } from "./loadMoments";
import { decodeMoment, emptyMoment, type Moment } from "./moment";
import { MOST_BYTES, MomentBuffer } from "./momentBuffer";
import type { FromPastWorker, LoadFailure, ToPastWorker } from "./pastMessages";
import { PastRows } from "./pastRows";
import { PastTrails, TRAIL_SPAN_MS } from "./pastTrails";

/** Most steps in one request. */
const MOST_STEPS = 20;
const RETRY_MS = 3_000;
/** Every so many steps the whole world is loaded. */
const WORLD_STEPS = 6;
/** Of moments of the world and of those of an area: together no more than without an area. */
const NEAR_BYTES = MOST_BYTES / 4;

type Wish = Extract<ToPastWorker, { type: "show" }>;
type TrailsWish = Extract<ToPastWorker, { type: "trails" }>;

export type PostPast = (message: FromPastWorker, transfer: ArrayBuffer[]) => void;

export interface PastSurroundings {
  /** Call later; returns a function that cancels it. */
  after(milliseconds: number, action: () => void): () => void;
}

export class PastSession {
  /** Moments of the whole world. */
  private readonly buffer = new MomentBuffer(MOST_BYTES - NEAR_BYTES);
  /** Those of the area. */
  private readonly near = new MomentBuffer(NEAR_BYTES);
  private area: Area | null = null;
  private readonly names = new NameTable();
  private shown = new PastRows(this.names.names);
  private sentNames = 0;
  private filters: Filters = NO_FILTERS;
  private wish: Wish | null = null;
  /** Whether the page waits for the moment that it wished for. */
  private isOwed = false;
  /** The moment that the rows show. */
  private answered: { readonly timeMs: number; readonly stepMs: number } | null = null;
  private loading: { readonly steps: Steps; readonly abort: AbortController } | null = null;
  private cancelRetry: (() => void) | null = null;
  private hasFailed = false;
  /** Until when trails were asked for last; null while nobody wants trails. */
  private trailsWish: TrailsWish | null = null;

  constructor(
    private readonly post: PostPast,
    private readonly surroundings: PastSurroundings,
  ) {}

  receive(message: ToPastWorker): void {
    switch (message.type) {
      case "show":
        this.want(message);
        break;
      case "filter":
        this.filters = message.filters;
        if (this.answered !== null) this.answer();
        break;
      case "trails":
        this.trailsWish = message;
        this.postTrails();
        this.load();
        break;
      case "leave":
        this.leave();
        break;
    }
  }

  private want(wish: Wish): void {
    if (wish.access.url !== this.wish?.access.url || wish.access.token !== this.wish.access.token) this.retryNow();
    this.buffer.setStep(wish.stepMs);
    this.near.setStep(wish.stepMs);
    if (!isSameArea(wish.area, this.area)) {
      this.near.clear();
      this.area = wish.area;
    }
    this.wish = wish;
    const { loading } = this;
    if (loading !== null && !this.answersWish(loading.steps)) this.cancel();
    this.isOwed = true;
    this.answerIfReady();
    this.load();
  }

  private leave(): void {
    this.cancel();
    this.retryNow();
    this.wish = null;
    this.isOwed = false;
    this.answered = null;
    this.trailsWish = null;
    this.buffer.clear();
    this.near.clear();
    this.shown = new PastRows(this.names.names);
  }

  /** Whether a request brings what the wish lacks, or the wish has all that it needs now. */
  private answersWish({ fromMs, toMs, stepMs, area }: Steps): boolean {
    if (this.wish === null || stepMs !== this.buffer.stepMs) return false;
    if (area !== null && !isSameArea(area, this.area)) return false;
    const at = this.buffer.stepAt(this.wish.atMs);
    return this.momentAt(at) !== null || (at >= fromMs && at < toMs);
  }

  /** A moment with everybody, or null. */
  private momentAt(timeMs: number): Moment | null {
    const whole = this.buffer.at(timeMs);
    if (whole !== undefined) return whole;
    const near = this.near.at(timeMs);
    const world = this.worldBefore(timeMs);
    return this.area === null || near === undefined || world === null ? null : joinMoments(near, world, this.area);
  }

  /** The last moment of the world that can stand for the others at a time; null without one. */
  private worldBefore(timeMs: number): Moment | null {
    const { stepMs } = this.buffer;
    for (let step = 0; step < WORLD_STEPS; step++) {
      const world = this.buffer.at(timeMs - step * stepMs);
      if (world !== undefined) return world;
    }
    return null;
  }

  /** What is loaded of a time: of everybody, or of the area. */
  private loadedAt(timeMs: number): Moment | undefined {
    return this.buffer.at(timeMs) ?? (this.area === null ? undefined : this.near.at(timeMs));
  }

  private answerIfReady(): void {
    const { wish, buffer } = this;
    if (wish === null || !this.isOwed) return;
    const nextMs = buffer.stepAt(wish.atMs) + wish.stepMs;
    // The moment after the last one never comes.
    if (this.loadedAt(nextMs) !== undefined || nextMs > wish.endMs) this.answer();
  }

  /** Post the rows of the moment that is wished for, if it is loaded. */
  private answer(): void {
    const { wish, buffer, answered } = this;
    if (wish === null) return;
    const at = buffer.stepAt(wish.atMs);
    const moment = this.momentAt(at);
    if (moment === null) return;
    this.isOwed = false;
    const glides = answered !== null && answered.stepMs === wish.stepMs && answered.timeMs + wish.stepMs === at;
    this.shown.show(moment, this.loadedAt(at + wish.stepMs) ?? null, glides);
    this.answered = { timeMs: at, stepMs: wish.stepMs };
    const { rows } = this.shown;
    const test = rowTest(this.filters, rows);
    for (let row = 0; row < rows.rowCount; row++) rows.shown[row] = rows.present[row] === 1 && test(row) ? 1 : 0;
    const all = new Uint8Array(rows.rowCount).fill(UNSENT_ROW | UNSENT_STATICS);
    const update = packRows(rows, all, this.sentNames);
    this.sentNames = rows.names.length;
    this.post(
      {
        type: "moment",
        timeMs: at,
        nextMs: at + wish.stepMs,
        stepMs: wish.stepMs,
        update,
        statistics: countRows(rows, this.filters, rowTest),
      },
      buffersOf(update),
    );
  }

  /** Request what is missing: first from the wanted moment on, then what trails need before it. */
  private load(): void {
    const { wish } = this;
    if (wish === null || this.loading !== null || this.cancelRetry !== null) return;
    const steps = this.missingWorld(wish) ?? this.missingSteps(wish);
    if (steps === null) return;
    const abort = new AbortController();
    this.loading = { steps, abort };
    void this.request(wish, steps, abort.signal);
  }

  /** The moment of the world that a wish with an area needs now, or soon. */
  private missingWorld({ atMs, stepMs, ahead, endMs }: Wish): Steps | null {
    if (this.area === null) return null;
    const at = this.buffer.stepAt(atMs);
    const of = (fromMs: number) => ({ fromMs, toMs: fromMs + stepMs, stepMs, area: null });
    const world = this.worldBefore(at);
    if (world === null) return of(at);
    const next = world.timeMs + WORLD_STEPS * stepMs;
    const isSoon = next <= Math.min(at + (ahead >> 1) * stepMs, endMs);
    return isSoon && this.near.at(at) !== undefined && this.worldBefore(next) === null ? of(next) : null;
  }

  private missingSteps(wish: Wish): Steps | null {
    const { area } = this;
    const buffer = area === null ? this.buffer : this.near;
    const ahead = Math.min(wish.ahead, buffer.room);
    // In large pieces: a new one when half of what is wanted ahead has been played.
    const isShort = buffer.missing(wish.atMs, Math.max(1, ahead >> 1), 1, wish.endMs) !== null;
    const missing = isShort
      ? buffer.missing(wish.atMs, ahead, MOST_STEPS, wish.endMs)
      : this.missingForTrails(wish, buffer);
    return missing && { ...missing, stepMs: wish.stepMs, area };
  }

  private missingForTrails(wish: Wish, buffer: MomentBuffer): { fromMs: number; toMs: number } | null {
    if (this.trailsWish === null) return null;
    const at = buffer.stepAt(wish.atMs);
    const steps = Math.min(Math.floor(TRAIL_SPAN_MS / wish.stepMs), Math.floor(buffer.room / 2));
    return buffer.missing(at - steps * wish.stepMs, steps, MOST_STEPS, at);
  }

  private async request(wish: Wish, steps: Steps, signal: AbortSignal): Promise<void> {
    const buffer = steps.area === null ? this.buffer : this.near;
    try {
      await loadFrames(wish.access, steps, signal, async (frame) => {
        const moment = await decodeMoment(frame, this.names);
        if (signal.aborted) return;
        buffer.put(moment, this.wish?.atMs ?? moment.timeMs);
        this.answerIfReady();
      });
      if (signal.aborted) return;
      this.loading = null;
      // Steps without a frame: nothing was kept then. They are not asked for again.
      for (let at = steps.fromMs; at < steps.toMs; at += steps.stepMs) {
        if (buffer.at(at) === undefined) buffer.put(emptyMoment(at), this.wish?.atMs ?? at);
      }
      this.report(null);
      this.answerIfReady();
      if (this.trailsWish !== null && steps.fromMs < (this.wish?.atMs ?? 0)) this.postTrails();
      this.load();
    } catch (error) {
      if (signal.aborted) return;
      this.loading = null;
      console.warn("Moments of the past did not load:", error);
      this.report(error instanceof LoadError ? error.failure : { status: 0, detail: String(error) });
      this.cancelRetry = this.surroundings.after(RETRY_MS, () => {
        this.cancelRetry = null;
        this.load();
      });
    }
  }

  private report(failure: LoadFailure | null): void {
    if (failure === null && !this.hasFailed) return;
    this.hasFailed = failure !== null;
    this.post({ type: "failure", failure }, []);
  }

  private retryNow(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
  }

  private cancel(): void {
    this.loading?.abort.abort();
    this.loading = null;
  }

  private postTrails(): void {
    const { trailsWish } = this;
    if (trailsWish === null || this.answered === null) return;
    const sinceMs = trailsWish.untilMs - TRAIL_SPAN_MS;
    const moments = [
      ...this.buffer.before(trailsWish.untilMs, sinceMs),
      ...(this.area === null ? [] : this.near.before(trailsWish.untilMs, sinceMs)),
    ].sort((a, b) => b.timeMs - a.timeMs);
    const trails = new PastTrails(moments, this.shown.rows);
    const points = trailPoints(this.shown.rows, trails, trailsWish.area, trailsWish.mostPoints);
    this.post({ type: "trails", trails: points }, [points.points.buffer]);
  }
}
