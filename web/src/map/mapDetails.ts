// What the built-in map has besides land and sea: lakes, rivers, and names of countries and cities. Loaded after the first
// picture; its files load with the first tile that needs them. A name is drawn into every tile that it touches.
import { countryName } from "@/texts/countryName";
import type { Language } from "@/texts/language";
import type { Box } from "./labelChoice";
import { boxOf, type MapName, namesAt, widthPx } from "./mapNames";
import { addNames, addTexts, isCovered, textsChanged } from "./mapTexts";
import { pageScale } from "./pageScale";
import type { Palette } from "./palette";
import { loadPlaces, type Place } from "./places";
import { type Tile, tracePaths } from "./tileDrawing";
import { type MapView, screenX, screenY } from "./view";
import { loadCoarseWaters, loadFineWaters, type Waters } from "./waters";
import type { WorldOutline } from "./worldOutline";

const DETAILS_FROM_ZOOM = 4;
const FINE_FROM_ZOOM = 8;
const NAME_REACH_PX = 110;
const TILE_PX = 256;
const RETRY_MS = 10_000;

export class MapDetails {
  private readonly coarse = new LaterFile(loadCoarseWaters, () => this.changed());
  private readonly fine = new LaterFile(loadFineWaters, () => this.changed());
  private readonly places = new LaterFile(loadPlaces, () => this.changed());
  private readonly names = new Map<string, readonly MapName[]>();
  /** As the tiles of each zoom were drawn last. */
  private readonly drawn = new Map<number, readonly MapName[]>();
  private last: { readonly world: WorldOutline; readonly language: Language } | null = null;

  /**
   * @param changed called when there is more to draw.
   * @param isShown whether the built-in map is on the page's map.
   */
  constructor(
    private readonly changed: () => void,
    isShown: () => boolean,
  ) {
    addTexts((view) => (isShown() ? this.boxes(view) : []));
    addNames((zoom) => (isShown() ? this.boxesAt(zoom) : []));
  }

  /** The built-in map has come onto the page's map, or left it. */
  toggled(): void {
    textsChanged();
  }

  draw(
    context: CanvasRenderingContext2D,
    world: WorldOutline,
    tile: Tile,
    side: number,
    palette: Palette,
    language: Language,
  ): void {
    let waters: Waters | null = null;
    let places: readonly Place[] = [];
    if (tile.z >= DETAILS_FROM_ZOOM) {
      places = this.places.asked() ?? [];
      const coarse = this.coarse.asked();
      waters = (tile.z >= FINE_FROM_ZOOM ? this.fine.asked() : null) ?? coarse;
    }
    if (waters !== null) drawWaters(context, waters, tile, side, palette);
    const names = this.namesOf(tile.z, world, places, language);
    this.last = { world, language };
    if (this.drawn.get(tile.z) !== names) {
      this.drawn.set(tile.z, names);
      textsChanged();
    }
    drawNames(context, names, tile, side, palette);
  }

  private *boxes(view: MapView): Iterable<Box> {
    for (const { text, x, y, sizePx } of this.drawn.get(Math.round(Math.log2(view.scale / 256))) ?? []) {
      const top = screenY(view, y) - sizePx / 2;
      if (isCovered(x, y)) continue;
      if (top > view.height || top + sizePx < 0) continue;
      const [middle, width] = [screenX(view, x), widthPx(text, sizePx)];
      yield { left: middle - width / 2, top, right: middle + width / 2, bottom: top + sizePx };
    }
  }

  /** Also of a zoom whose tiles are yet to be drawn. */
  private boxesAt(zoom: number): Box[] {
    const places = zoom >= DETAILS_FROM_ZOOM ? (this.places.asked() ?? []) : [];
    const names =
      this.drawn.get(zoom) ??
      (this.last === null ? [] : this.namesOf(zoom, this.last.world, places, this.last.language));
    return names.flatMap((name) => (isCovered(name.x, name.y) ? [] : [boxOf(name, TILE_PX * 2 ** zoom)]));
  }

  /** The same for all tiles of a zoom, so they are chosen once. */
  private namesOf(
    zoom: number,
    { labels }: WorldOutline,
    places: readonly Place[],
    language: Language,
  ): readonly MapName[] {
    const letters = pageScale();
    const key = `${zoom} ${letters} ${labels.length} ${places.length} ${language}`;
    let names = this.names.get(key);
    if (names === undefined) {
      const local = labels.map((label) => ({ ...label, name: countryName(label.name, language) }));
      names = namesAt(zoom, local, places, letters);
      this.names.set(key, names);
    }
    return names;
  }
}

/** A file that loads when it is first asked for. */
class LaterFile<T> {
  private value: T | null = null;
  private isAsked = false;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly loaded: () => void,
  ) {}

  /** The file; null until it is there. */
  asked(): T | null {
    if (!this.isAsked) {
      this.isAsked = true;
      this.load()
        .then((value) => {
          this.value = value;
          this.loaded();
        })
        .catch((error: unknown) => {
          console.warn("The map lacks a file yet:", error);
          setTimeout(() => {
            this.isAsked = false;
            this.loaded();
          }, RETRY_MS);
        });
    }
    return this.value;
  }
}

function drawWaters(
  context: CanvasRenderingContext2D,
  { lakes, rivers }: Waters,
  tile: Tile,
  side: number,
  palette: Palette,
): void {
  const isShown = ({ fromZoom }: { readonly fromZoom: number }) => fromZoom <= tile.z;
  context.lineJoin = "round";
  tracePaths(context, rivers.filter(isShown), tile, side);
  context.strokeStyle = palette.river;
  context.lineWidth = tile.z < FINE_FROM_ZOOM ? 1 : 1.6;
  context.stroke();
  tracePaths(context, lakes.filter(isShown), tile, side);
  context.fillStyle = palette.sea;
  context.fill("evenodd");
  context.strokeStyle = palette.coast;
  context.lineWidth = 0.6;
  context.stroke();
}

function drawNames(
  context: CanvasRenderingContext2D,
  names: readonly MapName[],
  tile: Tile,
  side: number,
  palette: Palette,
): void {
  const scale = side * 2 ** tile.z;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = palette.labelHalo;
  for (const { text, x, y, sizePx, isCountry } of names) {
    const centreX = x * scale - tile.x * side;
    const centreY = y * scale - tile.y * side;
    if (Math.abs(centreX - side / 2) > side / 2 + NAME_REACH_PX) continue;
    if (Math.abs(centreY - side / 2) > side / 2 + NAME_REACH_PX) continue;
    context.font = `500 ${sizePx}px system-ui, sans-serif`;
    context.fillStyle = isCountry ? palette.label : palette.placeText;
    context.strokeText(text, centreX, centreY);
    context.fillText(text, centreX, centreY);
  }
}
