// All aircraft that a viewer of `flights.v3` knows: those of class 0, which has the whole world, and those of the tiles in
// view, which are more exact. Pure; the messages of a gateway go in, and motions of any moment come out.
//
// Guarantees: an aircraft is shown by the finest class that has it. Tiles that are no longer followed stay, as predicted,
// until those that replace them have arrived, at most LEAVING_MS: a map that pans or zooms never falls back to a coarser
// class in between. The same holds after a reconnect to another gateway. What leaves the world also leaves such tiles.
import type { TileMessage } from "./message.ts";
import type { Motion } from "./motion.ts";
import { TileReader } from "./reader.ts";
import { CLASSES, type ZoomClass } from "./zoomClass.ts";

/** Tiles of one class that a viewer follows; class 0 is followed besides, and needs none. */
export interface FollowedTiles {
  readonly zoom: ZoomClass;
  readonly tiles: readonly number[];
}

export interface PictureNews {
  /** Whether something is missing, so that key parts of all followed tiles are needed. */
  readonly isGap: boolean;
  /** Whether the whole world came: after a reconnect, names may have changed meanwhile. */
  readonly isWorld: boolean;
  /** Aircraft that are new, or of which something else is known than before. */
  readonly heard: ReadonlySet<number>;
  /** Aircraft that class 0 added: their names are unknown, or may have changed. */
  readonly entered: readonly number[];
  /** Aircraft that are not known any more. */
  readonly gone: ReadonlySet<number>;
}

const LEAVING_MS = 10_000;
const NOWHERE: FollowedTiles = { zoom: CLASSES[0] as ZoomClass, tiles: [] };

interface LeavingTile {
  readonly reader: TileReader;
  readonly tile: number;
  readonly untilMs: number;
}

export class TilePicture {
  /** The moment that the newest message of class 0 describes, milliseconds since 1970; null before the first. */
  tickMs: number | null = null;
  private readonly readers: TileReader[] = CLASSES.map((zoom) => new TileReader(zoom));
  private followed = NOWHERE;
  private followedTiles: ReadonlySet<number> = new Set();
  private leaving: LeavingTile[] = [];
  private epoch: number | null = null;
  /** The tiles in view as the gateway before had sent them, while those of this one are on the way. */
  private former: { readonly reader: TileReader; readonly untilMs: number } | null = null;

  /** How many aircraft class 0 has. */
  get count(): number {
    return (this.readers[0] as TileReader).count;
  }

  /** Whether the key of a followed tile has not come. */
  get lacksTiles(): boolean {
    const finer = this.finer();
    return this.tickMs === null || this.followed.tiles.some((tile) => !finer?.tiles.has(tile));
  }

  /** Follow other tiles than before; the aircraft that are shown by another class now. `nowMs` is any clock. */
  follow(followed: FollowedTiles, nowMs: number): ReadonlySet<number> {
    const before = { reader: this.finer(), tiles: this.followedTiles };
    this.followed = followed;
    this.followedTiles = new Set(followed.tiles);
    const reader = this.finer();
    this.leaving = this.leaving.filter((left) => left.reader !== reader || !this.followedTiles.has(left.tile));
    for (const tile of before.tiles) {
      if (before.reader === null || (before.reader === reader && this.followedTiles.has(tile))) continue;
      this.leaving.push({ reader: before.reader, tile, untilMs: nowMs + LEAVING_MS });
    }
    return this.dropLeaving(nowMs);
  }

  /** Apply a message; `nowMs` as for `follow`. */
  apply({ header, parts }: TileMessage, nowMs: number): PictureNews {
    const gone = new Set<number>();
    if (header.epoch !== this.epoch) {
      for (const reader of this.readers) for (const icao24 of reader.addresses()) gone.add(icao24);
      const finer = this.finer();
      if (finer !== null && finer.count > 0) {
        this.former = { reader: finer, untilMs: nowMs + LEAVING_MS };
        this.readers[finer.zoom.number] = new TileReader(finer.zoom);
      }
      for (const reader of this.readers) reader.clear();
      this.leaving = [];
      this.epoch = header.epoch;
    }
    const reader = this.readers[header.zoom.number] as TileReader;
    const isCoarsest = header.zoom.number === 0;
    // What is still on its way of tiles that were left would stay forever, and a tile begins with its key.
    const wanted = parts.filter(
      ({ tile, isKey }) => (isCoarsest || this.isFollowed(reader, tile)) && (isKey || reader.tiles.has(tile)),
    );
    const { missing, heard, entered, left } = reader.apply({ header, parts: wanted });
    for (const icao24 of left) gone.add(icao24);
    if (isCoarsest) {
      this.tickMs = header.tick * header.intervalMs;
      for (const icao24 of left) if (!reader.has(icao24)) this.dropFromLeaving(icao24);
    }
    const changed = new Set(heard);
    for (const icao24 of this.dropLeaving(nowMs)) gone.add(icao24);
    for (const icao24 of gone) {
      if (this.finest(icao24) === null) continue;
      gone.delete(icao24);
      changed.add(icao24);
    }
    return {
      isGap: missing.length > 0,
      isWorld: isCoarsest && wanted.some(({ isKey }) => isKey),
      heard: changed,
      entered: isCoarsest ? entered : [],
      gone,
    };
  }

  /** Numbers of the category and the address type of an aircraft; null if it is not known. */
  kindsOf(icao24: number): readonly [number, number] | null {
    return this.finest(icao24)?.kindsOf(icao24) ?? null;
  }

  /**
   * Write into `out` the motion that is shown at a moment, milliseconds since 1970.
   *
   * @returns the class whose units it has; null if the aircraft is not known.
   */
  shownAt(icao24: number, timeMs: number, out: Motion): ZoomClass | null {
    const reader = this.finest(icao24);
    return reader?.shownAt(icao24, timeMs, out) ? reader.zoom : null;
  }

  /** Write into `out` the motion that was sent, and return when, milliseconds since 1970; NaN if it is not known. */
  sentAt(icao24: number, out: Motion): number {
    return this.finest(icao24)?.sentAt(icao24, out) ?? Number.NaN;
  }

  /** How long an aircraft has not been heard at a moment, milliseconds; 0 for one that flies as predicted. */
  unheardMs(icao24: number, timeMs: number): number {
    return this.finest(icao24)?.unheardMs(icao24, timeMs) ?? 0;
  }

  private finest(icao24: number): TileReader | null {
    for (let number = this.readers.length - 1; number > 0; number--) {
      const reader = this.readers[number] as TileReader;
      if (reader.has(icao24)) return reader;
    }
    const coarsest = this.readers[0] as TileReader;
    if (!coarsest.has(icao24)) return null;
    return this.former?.reader.has(icao24) ? this.former.reader : coarsest;
  }

  /** The reader of the followed tiles; null while class 0 is exact enough. */
  private finer(): TileReader | null {
    const { number } = this.followed.zoom;
    return number === 0 ? null : (this.readers[number] as TileReader);
  }

  private isFollowed(reader: TileReader, tile: number): boolean {
    return reader === this.finer() && this.followedTiles.has(tile);
  }

  private dropFromLeaving(icao24: number): void {
    for (const { reader, tile } of this.leaving) if (reader.isIn(icao24, tile)) reader.remove(icao24);
  }

  /** Forget the tiles whose time is over; the aircraft that were in them. */
  private dropLeaving(nowMs: number): ReadonlySet<number> {
    const dropped = new Set<number>();
    if (this.leaving.length === 0 && this.former === null) return dropped;
    const finer = this.finer();
    const hasAll = this.followed.tiles.every((tile) => finer?.tiles.has(tile));
    if (this.former !== null && (hasAll || this.former.untilMs <= nowMs)) {
      for (const icao24 of this.former.reader.addresses()) dropped.add(icao24);
      this.former = null;
    }
    for (const { reader, tile } of this.leaving.filter(({ untilMs }) => hasAll || untilMs <= nowMs)) {
      for (const icao24 of reader.forget(tile)) dropped.add(icao24);
    }
    this.leaving = hasAll ? [] : this.leaving.filter(({ untilMs }) => untilMs > nowMs);
    return dropped;
  }
}
