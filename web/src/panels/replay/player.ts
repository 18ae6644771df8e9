// Plays the recording: decides which moment is shown, fills its rows, and gives them to the client in the place of the
// live ones. React learns of it by a version that changes at most once a second; the moment itself is read by whoever
// draws (the map each frame, the slider a few times a second).

import { localTimeMs } from "@flighttracker/client";
import type { FlightsClient, ShownInstead } from "@/flights/client";
import { type Filters, NO_FILTERS, rowTest } from "@/flights/filters";
import { FlightRows } from "@/flights/flightRows";
import { countRows, type Statistics } from "@/flights/statistics";
import { Recording, STEP_MS } from "./recording";
import { writeMoment } from "./replayRows";

export const SPEEDS = [1, 5, 10, 20] as const;
export type Speed = (typeof SPEEDS)[number];

/** So much must have been seen before a replay makes sense. */
const SHORTEST_SPAN_MS = 3_000;
/** Where a replay begins: so long before now, or with the first moment. */
const BACK_MS = 5 * 60_000;
const TELL_MS = 1_000;

export interface ReplayState {
  readonly isOn: boolean;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  /** Counts of what is shown; null while it is the live picture. */
  readonly statistics: Statistics | null;
  /** Changes when other rows are shown. */
  readonly version: number;
}

const OFF: ReplayState = { isOn: false, isPlaying: false, speed: 5, statistics: null, version: 0 };

export class ReplayPlayer implements ShownInstead {
  readonly recording = new Recording();
  readonly rows: FlightRows;
  private state: ReplayState = OFF;
  private filters: Filters = NO_FILTERS;
  private anchorMs = 0;
  private anchoredAtMs = 0;
  private shownMs = Number.NaN;
  private toldAtMs = 0;
  private request = 0;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly listeners = new Set<() => void>();

  /**
   * @param touchMap asks the map for another frame.
   */
  constructor(
    private readonly client: FlightsClient,
    private readonly touchMap: () => void,
  ) {
    this.rows = new FlightRows(client.live.names);
    this.timer = setInterval(() => this.record(), STEP_MS);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): ReplayState => this.state;

  /** Keep the present moment, if the picture is live and something is in it. */
  record(): void {
    const { connection } = this.client.getSnapshot();
    if (connection?.phase !== "live" || connection.isStale || this.client.live.rowCount === 0) return;
    this.recording.take(this.client.live, this.client.serverTimeMs());
  }

  /** Show the past instead of the present; false when too little was seen. */
  begin(): boolean {
    this.record();
    const { moments, spanMs } = this.recording;
    const last = moments.at(-1);
    if (last === undefined || spanMs < SHORTEST_SPAN_MS) return false;
    this.setAnchor(Math.max(moments[0]?.timeMs ?? 0, last.timeMs - BACK_MS));
    this.change({ isOn: true, isPlaying: true });
    this.show();
    this.run();
    return true;
  }

  end(): void {
    if (!this.state.isOn) return;
    cancelAnimationFrame(this.request);
    this.shownMs = Number.NaN;
    this.client.showInstead(null);
    this.change({ isOn: false, isPlaying: false, statistics: null });
  }

  close(): void {
    clearInterval(this.timer);
    cancelAnimationFrame(this.request);
  }

  /** First and last moment that can be shown, milliseconds since 1970. */
  range(): { readonly fromMs: number; readonly toMs: number } {
    const { moments } = this.recording;
    return { fromMs: moments[0]?.timeMs ?? 0, toMs: moments.at(-1)?.timeMs ?? 0 };
  }

  timeMs(): number {
    const { fromMs, toMs } = this.range();
    const playedMs = this.state.isPlaying ? (localTimeMs() - this.anchoredAtMs) * this.state.speed : 0;
    return Math.max(fromMs, Math.min(toMs, this.anchorMs + playedMs));
  }

  seek(timeMs: number): void {
    this.setAnchor(timeMs);
    this.show();
    this.touchMap();
  }

  play(isPlaying: boolean): void {
    const { fromMs, toMs } = this.range();
    const now = this.timeMs();
    this.setAnchor(isPlaying && now >= toMs ? fromMs : now);
    this.change({ isPlaying });
    if (isPlaying) this.run();
  }

  setSpeed(speed: Speed): void {
    this.setAnchor(this.timeMs());
    this.change({ speed });
  }

  filter(filters: Filters): void {
    this.filters = filters;
    if (!this.state.isOn) return;
    this.shownMs = Number.NaN;
    this.show();
  }

  private setAnchor(timeMs: number): void {
    this.anchorMs = timeMs;
    this.anchoredAtMs = localTimeMs();
  }

  private run(): void {
    cancelAnimationFrame(this.request);
    const frame = () => {
      if (!this.state.isPlaying) return;
      this.show();
      this.touchMap();
      if (this.timeMs() >= this.range().toMs) this.play(false);
      else this.request = requestAnimationFrame(frame);
    };
    this.request = requestAnimationFrame(frame);
  }

  /** Fill the rows again if the moment has changed. */
  private show(): void {
    const index = this.recording.indexAt(this.timeMs());
    const moment = this.recording.moments[index];
    if (!this.state.isOn || moment === undefined) return;
    // Moments leave the recording at its front, so their time tells them apart, not their number.
    if (this.shownMs !== moment.timeMs) {
      this.shownMs = moment.timeMs;
      writeMoment(this.rows, this.recording, index, this.client.live);
      const test = rowTest(this.filters, this.rows);
      for (let row = 0; row < this.rows.rowCount; row++) {
        this.rows.shown[row] = this.rows.present[row] === 1 && test(row) ? 1 : 0;
      }
      this.client.showInstead(this);
      this.change({ version: this.state.version + 1, statistics: countRows(this.rows) });
    } else if (performance.now() - this.toldAtMs > TELL_MS) this.change({ version: this.state.version + 1 });
  }

  private change(changed: Partial<ReplayState>): void {
    this.state = { ...this.state, ...changed };
    this.toldAtMs = performance.now();
    for (const listener of this.listeners) listener();
  }
}
