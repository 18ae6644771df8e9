// Where a label of the map stands beside its point: where it covers no name and no code, if there is such a place.
import type { Direction, LatLngExpression, Map as LeafletMap, PointTuple } from "leaflet";
import type { BoxIndex } from "./boxIndex";
import { type Box, boxBeside, type Side } from "./labelChoice";
import { drawnTextsIn, type MapText } from "./mapTexts";
import { pageScale } from "./pageScale";
import { settledView } from "./view";

/** Of the widest labels of globals.css: size of their type, and padding with border. */
const TYPE_PX = 11;
const PADDING_PX = 14;
const HEIGHT_PX = 21;
/** From a point to its label, with Leaflet's margin. */
const DISTANCE_PX = 8;
/** Where each side has a text: beyond the code of an airport in the same place. */
const FURTHER_PX = 14;

const DIRECTIONS: Readonly<Record<Side, Direction>> = { above: "top", below: "bottom", left: "left", right: "right" };

let context: CanvasRenderingContext2D | null = null;

/** What a label needs, pixels. */
export function labelSize(words: string): { readonly width: number; readonly height: number } {
  const scale = pageScale();
  context ??= document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  context.font = `600 ${TYPE_PX * scale}px ${getComputedStyle(document.body).fontFamily}`;
  return { width: context.measureText(words).width + PADDING_PX * scale, height: HEIGHT_PX * scale };
}

/** The texts that the map shows now, to compare labels with. */
export function textsOn(map: LeafletMap): MapText[] {
  return drawnTextsIn(settledView(map));
}

export interface LabelPlace {
  readonly direction: Direction;
  /** How much further from its point than usual, pixels. */
  readonly furtherPx: number;
}

/** Where a label at a point covers none of the texts: on the first of the sides, near or further; near on the first if nowhere. */
export function labelPlace(
  map: LeafletMap,
  place: LatLngExpression,
  words: string,
  sides: readonly Side[],
  taken: BoxIndex,
): LabelPlace {
  const at = map.latLngToContainerPoint(place);
  const boxAt = (side: Side, furtherPx: number): Box => boxBeside(side, at, labelSize(words), DISTANCE_PX + furtherPx);
  const tries = [0, FURTHER_PX].flatMap((furtherPx) => sides.map((side) => ({ side, furtherPx })));
  const { side, furtherPx } = tries.find((one) => taken.isFree(boxAt(one.side, one.furtherPx))) ?? {
    side: sides[0] as Side,
    furtherPx: 0,
  };
  taken.add(boxAt(side, furtherPx));
  return { direction: DIRECTIONS[side], furtherPx };
}

/** Leaflet's offset of a label: from the rim of its mark. */
export function offsetOf({ direction, furtherPx }: LabelPlace, rimPx: number): PointTuple {
  const px = rimPx + furtherPx;
  if (direction === "top") return [0, -px];
  if (direction === "bottom") return [0, px];
  return direction === "left" ? [-px, 0] : [px, 0];
}
