// The built-in map: countries, lakes, rivers and cities drawn into tiles on a canvas, so that Leaflet pans and zooms them like any other tiles, and
// the page needs no internet access. Used if no tile server is configured, or if it does not answer.
import L from "leaflet";
import type { Language } from "@/texts/language";
import { LaterPart } from "./laterPart";
import type { MapDetails } from "./mapDetails";
import { PALETTES, type Palette, type Theme } from "./palette";
import { drawTile } from "./tileDrawing";
import { loadCoarseOutline, loadFineOutline, loadFinestOutline, type WorldOutline } from "./worldOutline";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** From these zooms on, the outline before looks wrong. */
const FINE_FROM_ZOOM = 4;
const FINEST_FROM_ZOOM = 8;
/** Lakes, rivers and names come after the first picture, also while there are no aircraft. */
const DETAILS_AFTER_MS = 1_500;

export class BaseMap extends L.GridLayer {
  private palette: Palette = PALETTES.dark;
  private language: Language = "en";
  private coarse: WorldOutline | null = null;
  private readonly coarseToCome = untilLoaded(loadCoarseOutline);
  private fine: WorldOutline | null = null;
  private finest: WorldOutline | null = null;
  private readonly asked = new Set<() => Promise<WorldOutline>>();
  private readonly details = new LaterPart<MapDetails>(
    "the map's lakes, rivers and names",
    async () => {
      const { MapDetails: Details } = await import("./mapDetails");
      return new Details(
        () => this.redraw(),
        () => this.isOnMap,
      );
    },
    () => this.redraw(),
  );

  private isOnMap = false;

  constructor() {
    super({ className: "base-map", keepBuffer: 3, attribution: "Natural Earth", updateWhenZooming: false });
    void this.coarseToCome.then((outline) => {
      this.coarse = outline;
    });
  }

  setTheme(theme: Theme): void {
    if (this.palette === PALETTES[theme]) return;
    this.palette = PALETTES[theme];
    this.redraw();
  }

  override onAdd(map: L.Map): this {
    this.isOnMap = true;
    this.details.part?.toggled();
    return super.onAdd(map);
  }

  override onRemove(map: L.Map): this {
    this.isOnMap = false;
    this.details.part?.toggled();
    return super.onRemove(map);
  }

  /** Of the names, which come after the first picture. */
  setLanguage(language: Language): void {
    if (this.language === language) return;
    this.language = language;
    if (this.details.part !== null) this.redraw();
  }

  protected override createTile(coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const { x: side } = this.getTileSize();
    const tile = document.createElement("canvas");
    const ratio = Math.min(2, window.devicePixelRatio);
    tile.width = side * ratio;
    tile.height = side * ratio;
    const draw = (outline: WorldOutline) => {
      const context = tile.getContext("2d");
      if (context === null) return;
      context.scale(ratio, ratio);
      drawTile(context, outline, coords, side, this.palette);
      this.details.part?.draw(context, outline, coords, side, this.palette, this.language);
    };
    this.details.ask(DETAILS_AFTER_MS);
    const outline = this.outlineAt(coords.z);
    if (outline !== null) draw(outline);
    void this.coarseToCome.then((coarse) => {
      if (outline === null) draw(coarse);
      done(undefined, tile);
    });
    return tile;
  }

  /** The outline of a zoom. A finer one loads with the first tile that needs it; until then, a coarser one is shown. */
  private outlineAt(zoom: number): WorldOutline | null {
    if (zoom >= FINE_FROM_ZOOM) {
      this.askFor(loadFineOutline, (outline) => {
        this.fine = outline;
      });
    }
    if (zoom < FINEST_FROM_ZOOM) return (zoom >= FINE_FROM_ZOOM ? this.fine : null) ?? this.coarse;
    this.askFor(loadFinestOutline, (outline) => {
      this.finest = outline;
    });
    return this.finest ?? this.fine ?? this.coarse;
  }

  private askFor(load: () => Promise<WorldOutline>, use: (outline: WorldOutline) => void): void {
    if (this.asked.has(load)) return;
    this.asked.add(load);
    void untilLoaded(load).then((outline) => {
      use(outline);
      this.redraw();
    });
  }
}

/** Load an outline, and retry until it succeeds. */
async function untilLoaded(load: () => Promise<WorldOutline>): Promise<WorldOutline> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await load();
    } catch (error) {
      console.warn(`the outline of the world did not load, next try in ${waitMs / 1000} s:`, error);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
