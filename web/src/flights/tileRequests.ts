// What this viewer follows: the tiles in view, and the aircraft that a person reads. The session owns one.
//
// Guarantee: the gateway is asked at most every TILES_MS, with what is wanted then; nothing is sent twice.
import { MOST_EXACT, type SocketSurroundings, tilesInView, type WorldView } from "@flighttracker/client";
import type { Fleet } from "./fleet";
import { icao24Text } from "./flightRows";

const TILES_MS = 500;
/** Key parts of tiles that have not come after this time are asked for. */
const KEYS_LATE_MS = 10_000;
/** How long class 0 alone is shown when the gateway has no room for tiles. */
const NO_TILES_MS = 30_000;
/** Most emergencies that are followed exactly. */
const MOST_EMERGENCIES = 16;
const WHOLE_WORLD: WorldView = { west: 0, north: 0, east: 1, south: 1, zoom: 0 };

export interface RequestEvents {
  /** The server's time, milliseconds since 1970. */
  serverNowMs(): number;
  send(message: object): void;
  /** Rows may have changed, because another class shows them. */
  followed(): void;
}

export class TileRequests {
  view = WHOLE_WORLD;
  read: readonly number[] = [];
  selected: number | null = null;
  /** False until exact reports can be read. */
  areReportsReadable = false;
  /** What the gateway was last asked for. */
  private asked = "";
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private isPlanned = false;
  private isWelcome = false;
  private noTilesUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly fleet: Fleet,
    private readonly surroundings: SocketSurroundings,
    private readonly events: RequestEvents,
  ) {}

  /** A connection is open, and nothing is followed yet. */
  begin(): void {
    this.isWelcome = true;
    this.asked = "";
    this.noTilesUntilMs = Number.NEGATIVE_INFINITY;
    this.ask();
  }

  end(): void {
    this.isWelcome = false;
  }

  /** The gateway has no room for tiles: ask again later. */
  doWithoutTiles(): void {
    this.noTilesUntilMs = this.surroundings.nowMs() + NO_TILES_MS;
    this.fleet.follow(tilesInView(WHOLE_WORLD), this.events.serverNowMs());
    this.asked = "";
  }

  /** Ask the gateway for the tiles in view and the aircraft that a person reads, if they are others than before. */
  ask(): void {
    const nowMs = this.surroundings.nowMs();
    const exact = this.areReportsReadable ? this.exact().slice(0, MOST_EXACT) : [];
    const followed = tilesInView(nowMs < this.noTilesUntilMs ? WHOLE_WORLD : this.view);
    const wanted = { type: "tiles", class: followed.zoom.number, tiles: followed.tiles, exact: exact.map(icao24Text) };
    const text = JSON.stringify(wanted);
    if (text === this.asked || !this.isWelcome) return;
    const waitMs = this.askedAtMs + TILES_MS - nowMs;
    if (waitMs > 0) {
      if (this.isPlanned) return;
      this.isPlanned = true;
      this.surroundings.after(waitMs, () => {
        this.isPlanned = false;
        this.ask();
      });
      return;
    }
    this.asked = text;
    this.askedAtMs = nowMs;
    this.fleet.keepExact(new Set(exact), this.events.serverNowMs());
    this.fleet.follow(followed, this.events.serverNowMs());
    this.events.send(wanted);
    this.events.followed();
  }

  /** The aircraft that a person reads, and emergencies: tiles have no squawks. */
  exact(): number[] {
    const selected = this.selected === null ? [] : [this.selected];
    return [...new Set([...selected, ...this.fleet.emergencies(MOST_EMERGENCIES), ...this.read])];
  }

  /** Whether keys of followed tiles should have come by now. */
  areKeysLate(): boolean {
    return this.fleet.lacksTiles && this.surroundings.nowMs() - this.askedAtMs > KEYS_LATE_MS;
  }
}
