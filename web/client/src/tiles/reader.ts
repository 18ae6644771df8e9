// What a viewer of one class knows after the messages so far, and where it shows the aircraft.
import { FrameError } from "../frameError.ts";
import { decodeTileMessage, type TileHeader, type TilePart } from "./message.ts";
import { applyDifferences, MOTION_COUNT, type Motion, predict } from "./motion.ts";
import type { ZoomClass } from "./zoomClass.ts";

const TENTH_MS = 100;

interface Known {
  readonly tile: number;
  readonly category: number;
  readonly addressType: number;
  motion: Motion;
  /** When the motion was sent, in ticks of the class. */
  tick: number;
}

export class TileReader {
  /** By address. */
  readonly aircraft = new Map<number, Known>();
  /** The tick of the newest part of each tile. */
  readonly tiles = new Map<number, number>();
  private epoch: number | null = null;
  private intervalMs = 0;

  constructor(readonly zoom: ZoomClass) {}

  /** Apply a message; the tiles of which something is missing, and which need a key part. */
  async apply(message: Uint8Array<ArrayBuffer>): Promise<number[]> {
    const { header, parts } = await decodeTileMessage(message);
    if (header.zoom !== this.zoom) throw new FrameError("tile", `a message of class ${header.zoom.number}`);
    if (header.epoch !== this.epoch || header.intervalMs !== this.intervalMs) {
      this.aircraft.clear();
      this.tiles.clear();
      this.epoch = header.epoch;
      this.intervalMs = header.intervalMs;
    }
    return parts.filter((part) => !this.applyPart(header, part)).map(({ tile }) => tile);
  }

  /** Forget a tile that is out of view. */
  forget(tile: number): void {
    if (!this.tiles.delete(tile)) return;
    for (const [icao24, known] of this.aircraft) if (known.tile === tile) this.aircraft.delete(icao24);
  }

  /** The motion of an aircraft as it is shown at a tick of the class; null if it is not known. */
  shown(icao24: number, tick: number): Motion | null {
    const known = this.aircraft.get(icao24);
    return known === undefined ? null : this.predicted(known, tick);
  }

  private predicted(known: Known, tick: number): Motion {
    const shown = new Int32Array(MOTION_COUNT);
    predict(known.motion, (tick - known.tick) * (this.intervalMs / TENTH_MS), this.zoom, shown);
    return shown;
  }

  private applyPart(header: TileHeader, part: TilePart): boolean {
    const have = this.tiles.get(part.tile);
    if (part.isKey) {
      if (have !== undefined && have > header.tick) return true;
      this.forget(part.tile);
    } else {
      if (have === undefined || have < header.tick - part.since) return false;
      if (have >= header.tick) return true;
    }
    const updated = part.updates.map(({ icao24 }) => this.aircraft.get(icao24));
    if (updated.some((known) => known?.tile !== part.tile)) {
      throw new FrameError("free_slot", "a tile changes an aircraft that it does not have");
    }
    for (const icao24 of part.removes) {
      // In another tile, it entered that one earlier in this message.
      if (this.aircraft.get(icao24)?.tile === part.tile) this.aircraft.delete(icao24);
    }
    for (const { icao24, category, addressType, elapsed, motion } of part.adds) {
      this.aircraft.set(icao24, { tile: part.tile, category, addressType, motion, tick: header.tick - elapsed });
    }
    part.updates.forEach(({ differences }, i) => {
      const known = updated[i] as Known;
      known.motion = this.predicted(known, header.tick);
      applyDifferences(known.motion, differences, this.zoom);
      known.tick = header.tick;
    });
    this.tiles.set(part.tile, header.tick);
    return true;
  }
}
