// A part of the map that is loaded when it is needed, not before the first picture, which appears sooner without it. A
// failure is logged, and tried again.
import type { FlightLayer } from "./flightLayer";

export class LaterPart<T> {
  /** Null until it is loaded. */
  part: T | null = null;
  private readonly listeners: ((part: T) => void)[] = [];
  private isAsked = false;
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param used called once with the part that is loaded. */
  constructor(
    private readonly name: string,
    private readonly load: () => Promise<T>,
    private readonly used: (part: T) => void,
  ) {}

  /** Load it unless it is there or asked for. */
  ask(inMs = 0): void {
    if (this.isAsked || this.isOver) return;
    this.isAsked = true;
    this.timer = setTimeout(this.start, inMs);
  }

  /** Load it a little after the first picture of aircraft; without aircraft, after LATEST_MS. */
  askAfterPicture(flights: FlightLayer): void {
    const timer = setTimeout(() => this.ask(), LATEST_MS);
    const forget = flights.onFrame(() => {
      if (!flights.hasPicture) return;
      forget();
      clearTimeout(timer);
      this.ask(AFTER_PICTURE_MS);
    });
  }

  /** Load it, and call a function with it. */
  whenLoaded(listener: (part: T) => void): void {
    if (this.part !== null) listener(this.part);
    else {
      this.listeners.push(listener);
      this.ask();
    }
  }

  /** Load nothing any more. */
  close(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private readonly start = (): void => {
    this.load()
      .then((part) => {
        if (this.isOver) return;
        this.part = part;
        this.used(part);
        for (const listener of this.listeners.splice(0)) listener(part);
      })
      .catch((error: unknown) => {
        console.warn(`${this.name} did not load yet:`, error);
        if (!this.isOver) this.timer = setTimeout(this.start, RETRY_MS);
      });
  };
}

const LATEST_MS = 15_000;
/** From the first frame with aircraft until the page has noted its picture, also on a slow computer. */
export const AFTER_PICTURE_MS = 500;
const RETRY_MS = 5_000;
