// The built-in map: countries drawn into tiles on a canvas, so that Leaflet pans and zooms them like any other tiles, and
// the page needs no internet access. Used if no tile server is configured, or if it does not answer.
import L from "leaflet";
import { pageScale } from "./pageScale";
import { PALETTES, type Palette, type Theme } from "./palette";
import { drawTile } from "./tileDrawing";
import { loadCoarseOutline, loadFineOutline, type WorldOutline } from "./worldOutline";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** From this zoom on, the coarse outline looks wrong. */
const FINE_FROM_ZOOM = 4;

export class BaseMap extends L.GridLayer {
  private palette: Palette = PALETTES.dark;
  private coarse: WorldOutline | null = null;
  private readonly coarseToCome = untilLoaded(loadCoarseOutline);
  private fine: WorldOutline | null = null;
  private isFineAsked = false;

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
      drawTile(context, outline, coords, side, this.palette, pageScale());
    };
    if (coords.z >= FINE_FROM_ZOOM) this.askForFine();
    const outline = (coords.z >= FINE_FROM_ZOOM ? this.fine : null) ?? this.coarse;
    if (outline !== null) draw(outline);
    void this.coarseToCome.then((coarse) => {
      if (outline === null) draw(coarse);
      done(undefined, tile);
    });
    return tile;
  }

  /** The fine outline is loaded when the map first zooms in that far; until then, the coarse one is shown. */
  private askForFine(): void {
    if (this.isFineAsked) return;
    this.isFineAsked = true;
    void untilLoaded(loadFineOutline).then((outline) => {
      this.fine = outline;
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
