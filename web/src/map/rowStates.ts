// The byte of each row that both renderers draw by: whether the aircraft is visible, selected, hovered, and the class of its
// colour. FlightLayer computes it for all rows when positions, filters, selection or options change.
import type { FlightRows } from "@/flights/flightRows";
import {
  CLASS_SHIFT,
  HOVERED,
  INSTANCE_BYTES,
  SELECTED,
  STYLE_BITS_AT,
  STYLE_EMERGENCY,
  VISIBLE,
} from "@/flights/instance";
import type { Colouring } from "./colouring";
import type { thinOut } from "./crowding";

export interface Chosen {
  readonly selected: number | null;
  /** Further selected aircraft. */
  readonly also: readonly number[];
  readonly hoveredRow: number;
  /** Show only the selected aircraft. */
  readonly isIsolated: boolean;
  /** Null by altitude. */
  readonly colouring: Colouring | null;
  /** Draw one of several aircraft where the map is crowded. */
  readonly thins: boolean;
  readonly zoom: number;
  /** Now, in the seconds of the rows' instances. */
  readonly timeS: number;
}

export class RowStates {
  states: Uint8Array = new Uint8Array(0);
  /** Rows whose labels come first: selected aircraft and emergencies. They are never left out. */
  important: readonly number[] = [];
  /** The selected aircraft is drawn over the others; −1: none is selected. */
  topRow = -1;
  /** How many aircraft are drawn. */
  visibleCount = 0;
  /** Loaded after the first picture; null until then. */
  thinOut: typeof thinOut | null = null;
  /** How many there would be on a map without crowds. */
  shownCount = 0;

  update(rows: FlightRows, chosen: Chosen): void {
    if (this.states.length !== rows.capacity) this.states = new Uint8Array(rows.capacity);
    const { states } = this;
    const { colouring, timeS } = chosen;
    const selectedRow = chosen.selected === null ? -1 : rows.rowOf(chosen.selected);
    const isAlone = chosen.isIsolated && selectedRow >= 0;
    const important: number[] = [];
    let count = 0;
    for (let row = 0; row < rows.rowCount; row++) {
      const isVisible = isAlone ? row === selectedRow : rows.shown[row] === 1;
      states[row] = isVisible ? VISIBLE : 0;
      if (!isVisible) continue;
      count++;
      if (colouring !== null) states[row] = VISIBLE | (colouring.classOf(rows, row, timeS) << CLASS_SHIFT);
      const style = rows.instanceBytes[row * INSTANCE_BYTES + STYLE_BITS_AT] as number;
      if (row === selectedRow || (style & STYLE_EMERGENCY) !== 0) important.push(row);
    }
    for (const row of chosen.also.map((icao24) => rows.rowOf(icao24))) {
      if (row < 0) continue;
      states[row] = (states[row] as number) | VISIBLE | SELECTED;
      important.push(row);
    }
    this.important = important;
    this.topRow = selectedRow;
    this.shownCount = count;
    this.visibleCount = this.thinned(rows, chosen, count);
    if (selectedRow >= 0) states[selectedRow] = (states[selectedRow] as number) | SELECTED;
    if (chosen.hoveredRow >= 0 && chosen.hoveredRow < rows.rowCount) {
      states[chosen.hoveredRow] = (states[chosen.hoveredRow] as number) | HOVERED;
    }
  }

  private thinned(rows: FlightRows, { thins, zoom }: Chosen, count: number): number {
    if (!thins || this.thinOut === null) return count;
    const kept = this.important.map((row) => this.states[row] as number);
    const left = this.thinOut(this.states, rows.instances, rows.rowCount, zoom, count);
    this.important.forEach((row, i) => {
      this.states[row] = kept[i] as number;
    });
    return left;
  }
}
