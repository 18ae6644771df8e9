// Airports as dots with their codes, drawn into tiles that Leaflet pans and zooms like any others, so they cost nothing
// per frame. Far views show only the busiest; zooming in adds smaller airports and, at last, names.
import L from "leaflet";
import { EQUATOR_M, mercatorX, mercatorY } from "@/flights/mercator";
import { loadAirfields } from "./airfields";
import { type Airport, loadAirports } from "./airports";
import { type Box, chooseLabels } from "./labelChoice";
import { addTexts } from "./mapTexts";
import { pageScale } from "./pageScale";
import { PALETTES, type Palette, type Theme } from "./palette";
import { RUNWAYS_FROM_ZOOM, Runways } from "./runways";
import { type MapView, screenX, screenY } from "./view";

/** How far from an airport a click may be; where its runways are drawn, at least AIRFIELD_M. */
const MOUSE_REACH_PX = 12;
const TOUCH_REACH_PX = 24;
const AIRFIELD_M = 1_500;
/** Minimum passengers a year (millions) of the airports that are shown from a zoom on. */
const SMALLEST_BY_ZOOM = [200, 200, 200, 60, 30, 12, 4, 1.2, 0.3, 0] as const;
const CODES_FROM_ZOOM = 5;
const NAMES_FROM_ZOOM = 10;
/** How far a name extends beyond the tile of its airport. */
const REACH_PX = 150;
const CODE_FONT = "600 10px system-ui, sans-serif";
const NAME_FONT = "10px system-ui, sans-serif";

/** From an airport down to its code and its name. */
const CODE_TOP_PX = 6;
const NAME_TOP_PX = 18;
const TEXT_PX = 10;
/** Widths of a letter of a code and of a name. */
const CODE_LETTER_PX = 7;
const NAME_LETTER_PX = 5.5;

/** Space that a code needs. */
const CODE_WIDTH_PX = 34;
const CODE_HEIGHT_PX = 22;

interface Spot {
  readonly airport: Airport;
  readonly x: number;
  readonly y: number;
}

interface Shown extends Spot {
  readonly hasCode: boolean;
}

export class AirportLayer extends L.GridLayer {
  private palette: Palette = PALETTES.dark;
  private spots: readonly Spot[] = [];
  private runways: Runways | null = null;
  private areRunwaysAsked = false;
  private readonly shownAt = new Map<number, readonly Shown[]>();
  private forgetTexts: (() => void) | null = null;

  constructor() {
    super({ className: "airport-tiles", pane: "overlayPane", updateWhenZooming: false, keepBuffer: 2 });
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    if (this.spots.length === 0) this.load();
    this.forgetTexts = addTexts((view) => this.boxes(view));
    return this;
  }

  override onRemove(map: L.Map): this {
    this.forgetTexts?.();
    return super.onRemove(map);
  }

  setTheme(theme: Theme): void {
    if (this.palette === PALETTES[theme]) return;
    this.palette = PALETTES[theme];
    this.redraw();
  }

  protected override createTile({ x, y, z }: L.Coords): HTMLElement {
    const side = this.getTileSize().x;
    const tile = document.createElement("canvas");
    const ratio = Math.min(2, window.devicePixelRatio);
    tile.width = side * ratio;
    tile.height = side * ratio;
    const context = tile.getContext("2d");
    if (context === null) return tile;
    context.scale(ratio, ratio);
    const worldPx = side * 2 ** z;
    const letters = pageScale();
    if (z >= RUNWAYS_FROM_ZOOM) {
      this.askForRunways();
      this.runways?.draw(context, { x, y, z }, side, this.palette);
    }
    for (const spot of this.shown(z)) {
      const atX = spot.x * worldPx - x * side;
      const atY = spot.y * worldPx - y * side;
      if (atX < -REACH_PX || atX > side + REACH_PX || atY < -REACH_PX || atY > side + REACH_PX) continue;
      context.save();
      context.translate(atX, atY);
      context.scale(letters, letters);
      drawAirport(context, spot, z, this.palette);
      context.restore();
    }
    return tile;
  }

  /** The airport at a place of the map, among those that are shown; null if there is none. */
  airportAt(place: L.LatLng, zoom: number, isTouch: boolean): Airport | null {
    const worldPx = this.getTileSize().x * 2 ** zoom;
    const pxPerM = worldPx / (EQUATOR_M * Math.cos((place.lat * Math.PI) / 180));
    const isRunway = zoom >= RUNWAYS_FROM_ZOOM && this.runways !== null;
    const reachPx = Math.max(isTouch ? TOUCH_REACH_PX : MOUSE_REACH_PX, isRunway ? AIRFIELD_M * pxPerM : 0);
    const x = mercatorX(place.wrap().lng);
    const y = mercatorY(place.lat);
    let nearest: Airport | null = null;
    let nearestPx = reachPx;
    for (const spot of this.shown(zoom)) {
      const distancePx = Math.hypot(spot.x - x, spot.y - y) * worldPx;
      if (distancePx > nearestPx) continue;
      nearest = spot.airport;
      nearestPx = distancePx;
    }
    return nearest;
  }

  private *boxes(view: MapView): Iterable<Box> {
    const zoom = Math.round(Math.log2(view.scale / 256));
    const letters = pageScale();
    for (const { airport, x, y, hasCode } of this.shown(zoom)) {
      const [middle, at] = [screenX(view, x), screenY(view, y)];
      if (!hasCode || at < -REACH_PX || at > view.height) continue;
      const hasName = zoom >= NAMES_FROM_ZOOM;
      const codePx = (airport.iata || airport.icao).length * CODE_LETTER_PX;
      const halfWidth = (letters * Math.max(codePx, hasName ? airport.name.length * NAME_LETTER_PX : 0)) / 2;
      const bottom = at + letters * ((hasName ? NAME_TOP_PX : CODE_TOP_PX) + TEXT_PX);
      yield { left: middle - halfWidth, top: at + letters * CODE_TOP_PX, right: middle + halfWidth, bottom };
    }
  }

  private askForRunways(): void {
    if (this.areRunwaysAsked) return;
    this.areRunwaysAsked = true;
    loadAirfields()
      .then((airfields) => {
        this.runways = new Runways(airfields);
        this.redraw();
      })
      .catch((error: unknown) => {
        this.areRunwaysAsked = false;
        console.warn("The map shows no runways yet:", error);
      });
  }

  private load(): void {
    loadAirports()
      .then((airports) => {
        this.spots = airports.map((airport) => ({
          airport,
          x: mercatorX(airport.longitudeDeg),
          y: mercatorY(airport.latitudeDeg),
        }));
        this.shownAt.clear();
        this.redraw();
      })
      .catch((error: unknown) => console.warn("The map shows no airports:", error));
  }

  /** The airports that a zoom shows, and whether with their code: where two codes would overlap, the busier has it. */
  private shown(zoom: number): readonly Shown[] {
    let shown = this.shownAt.get(zoom);
    if (shown === undefined) {
      const smallest = SMALLEST_BY_ZOOM[Math.min(zoom, SMALLEST_BY_ZOOM.length - 1)] as number;
      const spots = this.spots.filter(({ airport }) => airport.passengersM >= smallest);
      const worldPx = this.getTileSize().x * 2 ** zoom;
      const candidates = spots.map(({ x, y }, row) => ({ row, x: x * worldPx, y: y * worldPx, weight: -row }));
      const room = { width: CODE_WIDTH_PX, height: CODE_HEIGHT_PX };
      const coded = new Set(chooseLabels(candidates, new Set(), room, candidates.length).map(({ row }) => row));
      shown = spots.map((spot, i) => ({ ...spot, hasCode: zoom >= CODES_FROM_ZOOM && coded.has(i) }));
      this.shownAt.set(zoom, shown);
    }
    return shown;
  }
}

/** At the context's origin. */
function drawAirport(
  context: CanvasRenderingContext2D,
  { airport: { iata, icao, name }, hasCode }: Shown,
  zoom: number,
  palette: Palette,
): void {
  context.beginPath();
  context.arc(0, 0, zoom < 6 ? 2 : 3, 0, 2 * Math.PI);
  context.fillStyle = palette.labelHalo;
  context.fill();
  context.strokeStyle = palette.label;
  context.lineWidth = 1.5;
  context.stroke();
  if (!hasCode) return;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineWidth = 3;
  context.strokeStyle = palette.labelHalo;
  context.fillStyle = palette.placeText;
  write(context, CODE_FONT, iata || icao, CODE_TOP_PX);
  if (zoom >= NAMES_FROM_ZOOM) write(context, NAME_FONT, name, NAME_TOP_PX);
}

function write(context: CanvasRenderingContext2D, font: string, text: string, y: number): void {
  context.font = font;
  context.strokeText(text, 0, y);
  context.fillText(text, 0, y);
}
