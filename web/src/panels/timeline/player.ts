// Plays the past: decides which moment is shown, has the worker of the past load it, and gives its rows to the client in
// the place of the live ones. React learns of it by a version that changes at most twice a second; the moment itself is
// read by whoever draws (the map each frame, the timeline each frame while it plays).
//
// Guarantees: the clock never runs past what is loaded; it waits. Where nothing was kept, playing continues behind the gap.
import { localTimeMs } from "@flighttracker/client";
import type { FlightsClient, ShownInstead } from "@/flights/client";
import { type Filters, NO_FILTERS } from "@/flights/filters";
import { FlightRows } from "@/flights/flightRows";
import { type Area, areaFor } from "@/flights/past/area";
import { gapAt, loadHistory } from "@/flights/past/history";
import type { FromPastWorker, ShownMoment, ToPastWorker } from "@/flights/past/pastMessages";
import { applyRows } from "@/flights/rowsUpdate";
import type { WorldArea } from "@/flights/trailPoints";
import { type PastState, PRESENT } from "./pastState";
import { clampedMoment, type Speed, stepMsFor } from "./playback";

/** Where the past begins without a wish: so long before its end. */
const BACK_MS = 10 * 60_000;
/** So long after its begin everybody has been heard. */
const FILLED_MS = 30_000;
const TELL_MS = 500;
const HISTORY_EVERY_MS = 60_000;
/** Until something is kept, or the gateway answers. */
const FIRST_EVERY_MS = 15_000;
/** Steps to have loaded in advance: while it plays, while it is paused, while a person drags. */
const AHEAD = { playing: 16, paused: 2, dragging: 1 } as const;

/** What the player needs of a Worker. */
export type PastWorker = Pick<Worker, "postMessage" | "terminate"> & {
  onmessage: ((event: MessageEvent<FromPastWorker>) => void) | null;
};

export class PastPlayer implements ShownInstead {
  /** Without names: the first update brings the empty one too. */
  readonly rows = new FlightRows([]);
  private state = PRESENT;
  private filters: Filters = NO_FILTERS;
  private worker: PastWorker | null = null;
  private anchorMs = 0;
  private anchoredAtMs = 0;
  private isDragging = false;
  /** What the rows show. */
  private shown: ShownMoment | null = null;
  /** The moment after it, kept until its time comes. */
  private prepared: ShownMoment | null = null;
  private askedMs = Number.NaN;
  /** The part of the world that moments are loaded of; null for all of it. */
  private area: Area | null = null;
  private toldAtMs = 0;
  private request = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;
  private readonly listeners = new Set<() => void>();

  /**
   * @param touchMap asks the map for another frame.
   * @param createWorker starts the worker of the past; when it is first needed.
   * @param viewOf returns what the map shows, degrees; null while it has no size.
   */
  constructor(
    private readonly client: FlightsClient,
    private readonly touchMap: () => void,
    private readonly createWorker: () => PastWorker,
    private readonly viewOf: () => Area | null,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): PastState => this.state;

  /** Look what is kept, now and every minute; never again where nothing is. */
  async watchHistory(): Promise<void> {
    const isKept = await this.updateHistory();
    if (this.isClosed || !isKept) return;
    const everyMs = this.state.history === null ? FIRST_EVERY_MS : HISTORY_EVERY_MS;
    this.timer = setTimeout(() => void this.watchHistory(), everyMs);
  }

  /** Show a moment, or the last minutes that are kept; false when nothing is. */
  begin(timeMs: number | null = null, isPlaying = true): boolean {
    const { history, isOn } = this.state;
    if (history === null) return false;
    // Where the history begins, the sky is still empty.
    const beginMs = Math.max(history.toMs - BACK_MS, history.fromMs + FILLED_MS);
    this.setAnchor(clampedMoment(history, timeMs ?? beginMs));
    if (!isOn) this.send({ type: "filter", filters: this.filters });
    this.change({ isOn: true, isPlaying, isWaiting: true });
    this.follow();
    this.run();
    return true;
  }

  /** Show the present. */
  end(): void {
    if (!this.state.isOn) return;
    cancelAnimationFrame(this.request);
    this.send({ type: "leave" });
    this.forgetShown();
    this.client.showInstead(null);
    this.change({ isOn: false, isPlaying: false, isWaiting: false, failure: null, statistics: null });
    this.touchMap();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    cancelAnimationFrame(this.request);
    this.worker?.terminate();
  }

  presentMs(): number {
    return this.client.serverTimeMs();
  }

  /** The moment that is shown, milliseconds since 1970; the present while that is shown. */
  timeMs(): number {
    const { isOn, isPlaying, speed, history } = this.state;
    if (!isOn || history === null) return this.client.serverTimeMs();
    const playedMs = isPlaying ? (localTimeMs() - this.anchoredAtMs) * speed : 0;
    const wantedMs = Math.min(history.toMs, this.anchorMs + playedMs);
    return isPlaying ? Math.min(wantedMs, this.loadedUntilMs()) : wantedMs;
  }

  seek(timeMs: number): void {
    if (!this.state.isOn) {
      this.begin(timeMs, false);
      return;
    }
    const { history } = this.state;
    if (history === null) return;
    this.setAnchor(clampedMoment(history, timeMs));
    this.follow();
    this.touchMap();
    this.change({ version: this.state.version + 1 });
  }

  /** A person drags through the time: load only what is looked at. */
  setDragging(isDragging: boolean): void {
    this.isDragging = isDragging;
    if (!this.state.isOn) return;
    this.askedMs = Number.NaN;
    this.setAnchor(this.timeMs());
    this.follow();
  }

  play(isPlaying: boolean): void {
    if (!this.state.isOn) return;
    this.setAnchor(this.timeMs());
    this.change({ isPlaying });
    this.askedMs = Number.NaN;
    this.follow();
    this.run();
  }

  setSpeed(speed: Speed): void {
    this.setAnchor(this.timeMs());
    this.prepared = null;
    this.change({ speed });
    this.askedMs = Number.NaN;
    this.follow();
  }

  filter(filters: Filters): void {
    this.filters = filters;
    if (!this.state.isOn) return;
    this.send({ type: "filter", filters });
    // What was prepared has passed the old filters.
    this.prepared = null;
    this.askedMs = Number.NaN;
    this.shownAgain();
  }

  requestTrails(area: WorldArea, mostPoints: number): void {
    this.send({ type: "trails", area, mostPoints, untilMs: this.timeMs() });
  }

  /** False when the tracker has no history. */
  private async updateHistory(): Promise<boolean> {
    const answer = await loadHistory(this.client.access);
    if (answer === "not kept") return false;
    if (this.isClosed || answer === null) return true;
    this.client.earlier.continueBack();
    this.change({ history: answer });
    return true;
  }

  /** The map may show another part of the world: load that. */
  lookAround(): void {
    if (!this.state.isOn || areaFor(this.viewOf(), this.area) === this.area) return;
    this.prepared = null;
    this.shownAgain();
  }

  private setAnchor(timeMs: number): void {
    this.anchorMs = timeMs;
    this.anchoredAtMs = localTimeMs();
  }

  private get stepMs(): number {
    return stepMsFor(this.state.speed);
  }

  private loadedUntilMs(): number {
    const { shown, prepared } = this;
    if (shown === null) return this.anchorMs;
    // A moment elsewhere says nothing about this one.
    const holds = this.anchorMs >= shown.timeMs && this.anchorMs <= shown.nextMs + shown.stepMs;
    if (!holds) return this.anchorMs;
    return prepared?.timeMs === shown.nextMs ? prepared.nextMs : shown.nextMs;
  }

  private run(): void {
    cancelAnimationFrame(this.request);
    const frame = () => {
      if (!this.state.isPlaying || !this.state.isOn) return;
      // Again each frame: the time that the clock waited, or that the page was hidden, is not made up for.
      this.setAnchor(this.timeMs());
      this.skipGap();
      this.follow();
      this.touchMap();
      const { history } = this.state;
      if (history !== null && this.timeMs() >= history.toMs) {
        this.end();
        return;
      }
      this.request = requestAnimationFrame(frame);
    };
    this.request = requestAnimationFrame(frame);
  }

  private skipGap(): void {
    const { history } = this.state;
    if (history === null) return;
    const gap = gapAt(history, this.timeMs());
    if (gap !== null) this.setAnchor(gap.toMs);
  }

  /** Show what is due, and ask for what comes next. */
  private follow(): void {
    const nowMs = this.timeMs();
    const { prepared } = this;
    if (prepared !== null && nowMs >= prepared.timeMs && nowMs < prepared.nextMs) this.display(prepared);
    const { shown, stepMs } = this;
    const isShown = shown !== null && shown.stepMs === stepMs && nowMs >= shown.timeMs && nowMs <= shown.nextMs;
    if (this.state.isWaiting === isShown) this.change({ isWaiting: !isShown });
    // While it plays, the moment after the one that is shown is fetched before its time.
    const wantedMs = isShown && this.state.isPlaying && this.prepared === null ? shown.nextMs : nowMs;
    const askedMs = Math.floor(wantedMs / stepMs) * stepMs;
    const isThere = askedMs === shown?.timeMs && isShown;
    if (!isThere && askedMs !== this.askedMs && this.prepared?.timeMs !== askedMs) this.ask(askedMs);
    if (performance.now() - this.toldAtMs > TELL_MS) this.change({ version: this.state.version + 1 });
  }

  private ask(atMs: number): void {
    const { history, isPlaying } = this.state;
    if (history === null) return;
    this.askedMs = atMs;
    const ahead = this.isDragging ? AHEAD.dragging : isPlaying ? AHEAD.playing : AHEAD.paused;
    const { access } = this.client;
    this.area = areaFor(this.viewOf(), this.area);
    this.send({ type: "show", access, atMs, stepMs: this.stepMs, ahead, endMs: history.toMs, area: this.area });
  }

  private shownAgain(): void {
    const { shown } = this;
    if (shown !== null) this.ask(shown.timeMs);
  }

  private receive(message: FromPastWorker): void {
    switch (message.type) {
      case "moment":
        this.take(message);
        break;
      case "trails":
        if (this.state.isOn) this.client.showTrails(message.trails);
        break;
      case "failure":
        this.change({ failure: message.failure });
        break;
    }
  }

  private take(moment: ShownMoment): void {
    // Each name comes once, also with a moment that nobody wants any more.
    this.rows.names.push(...moment.update.newNames);
    const kept = { ...moment, update: { ...moment.update, newNames: [] } };
    if (!this.state.isOn || moment.stepMs !== this.stepMs) return;
    const nowMs = this.timeMs();
    if (kept.timeMs > nowMs && kept.timeMs === this.shown?.nextMs) this.prepared = kept;
    else if (nowMs >= kept.timeMs && nowMs <= kept.nextMs) {
      // The clock has waited for it.
      if (this.state.isPlaying) this.setAnchor(nowMs);
      this.display(kept);
      this.follow();
      this.touchMap();
    }
  }

  private display(moment: ShownMoment): void {
    this.shown = moment;
    this.prepared = null;
    applyRows(this.rows, moment.update);
    this.client.showInstead(this);
    this.change({ isWaiting: false, version: this.state.version + 1, statistics: moment.statistics });
  }

  private forgetShown(): void {
    this.shown = null;
    this.prepared = null;
    this.askedMs = Number.NaN;
    // The worker numbers its rows from the start again.
    this.rows.present.fill(0);
    this.rows.shown.fill(0);
  }

  private send(message: ToPastWorker): void {
    if (this.worker === null) {
      this.worker = this.createWorker();
      this.worker.onmessage = ({ data }) => this.receive(data);
    }
    this.worker.postMessage(message);
  }

  private change(changed: Partial<PastState>): void {
    this.state = { ...this.state, ...changed };
    this.toldAtMs = performance.now();
    for (const listener of this.listeners) listener();
  }
}
