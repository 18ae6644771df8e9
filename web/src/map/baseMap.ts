// The built-in map: countries drawn into tiles on a canvas, so that Leaflet pans and zooms them like any other tiles, and
// the page needs no internet. Used when no tile server is configured, and when it does not answer.
import L from "leaflet";
import { pageScale } from "./pageScale";
import { PALETTES, type Palette, type Theme } from "./palette";
import { drawTile } from "./tileDrawing";
import { loadCoarseOutline, loadFineOutline, type WorldOutline } from "./worldOutline";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** From this zoom on the coarse outline looks wrong. */
const FINE_FROM_ZOOM = 4;

export class BaseMap extends L.GridLayer {
  private palette: Palette = PALETTES.dark;
  private readonly coarse = new LateOutline(loadCoarseOutline, () => this.redraw());
  private readonly fine = new LateOutline(loadFineOutline, () => this.redraw());

  constructor() {
    super({ className: "base-map", keepBuffer: 3, attribution: "Natural Earth", updateWhenZooming: false });
    this.coarse.now();
  }

  setTheme(theme: Theme): void {
    if (this.palette === PALETTES[theme]) return;
    this.palette = PALETTES[theme];
    this.redraw();
  }

  protected override createTile(coords: L.Coords): HTMLElement {
    const { x: side } = this.getTileSize();
    const tile = document.createElement("canvas");
    const ratio = Math.min(2, window.devicePixelRatio);
    tile.width = side * ratio;
    tile.height = side * ratio;
    const outline = (coords.z >= FINE_FROM_ZOOM ? this.fine.now() : null) ?? this.coarse.now();
    const context = tile.getContext("2d");
    if (context !== null && outline !== null) {
      context.scale(ratio, ratio);
      drawTile(context, outline, coords, side, this.palette, pageScale());
    }
    return tile;
  }
}

/** An outline that is loaded when it is first asked for. */
class LateOutline {
  private outline: WorldOutline | null = null;
  private isAsked = false;

  constructor(
    private readonly load: () => Promise<WorldOutline>,
    private readonly loaded: () => void,
  ) {}

  /** The outline, null until it is there. */
  now(): WorldOutline | null {
    if (!this.isAsked) {
      this.isAsked = true;
      void untilLoaded(this.load).then((outline) => {
        this.outline = outline;
        this.loaded();
      });
    }
    return this.outline;
  }
}

/** An outline that does not come, because the gateway just went away, is asked for again; until then the map shows less. */
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
