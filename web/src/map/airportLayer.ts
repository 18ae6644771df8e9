// Airports as dots with their codes, drawn into tiles that Leaflet pans and zooms like any others, so they cost nothing
// per frame. Far views show only the busiest; zooming in adds smaller airports and, at last, names.
import L from "leaflet";
import { EQUATOR_M, mercatorX, mercatorY } from "@/flights/mercator";
import { loadAirfields } from "./airfields";
import { type Airport, codeOf, loadAirports } from "./airports";
import { type CodePlace, type CodeSpot, codeBox, linesOf, placeCodes } from "./codePlaces";
import { addTexts, type MapText, namesOfZoom, onTexts, textsChanged } from "./mapTexts";
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

interface Shown extends CodeSpot {
  /** Where its code is; null: it has none. */
  readonly code: CodePlace | null;
}

export class AirportLayer extends L.GridLayer {
  private palette: Palette = PALETTES.dark;
  private spots: readonly CodeSpot[] = [];
  private runways: Runways | null = null;
  private areRunwaysAsked = false;
  private readonly shownAt = new Map<number, readonly Shown[]>();
  private readonly forgets: (() => void)[] = [];

  constructor() {
    super({ className: "airport-tiles", pane: "overlayPane", updateWhenZooming: false, keepBuffer: 2 });
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    if (this.spots.length === 0) this.load();
    this.forgets.push(
      addTexts((view) => this.boxes(view)),
      onTexts(() => this.makeRoom()),
    );
    this.makeRoom();
    return this;
  }

  override onRemove(map: L.Map): this {
    for (const forget of this.forgets.splice(0)) forget();
    textsChanged();
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

  private *boxes(view: MapView): Iterable<MapText> {
    const zoom = Math.round(Math.log2(view.scale / 256));
    const letters = pageScale();
    for (const { airport, x, y, code } of this.shown(zoom)) {
      const at = { x: screenX(view, x), y: screenY(view, y) };
      if (code === null || at.y < -REACH_PX || at.y > view.height + REACH_PX) continue;
      yield { ...codeBox(airport, code, at, letters), words: codeOf(airport) };
    }
    if (this.runways !== null) yield* this.runways.boxes(view, zoom);
  }

  /** The names of the map have changed: codes keep clear of them. */
  private makeRoom(): void {
    const zoom = this._map?.getZoom() ?? 0;
    const before = JSON.stringify(this.shownAt.get(zoom)?.map(({ code }) => code));
    this.shownAt.clear();
    if (this.spots.length === 0 || JSON.stringify(this.shown(zoom).map(({ code }) => code)) === before) return;
    this.redraw();
    textsChanged();
  }

  private askForRunways(): void {
    if (this.areRunwaysAsked) return;
    this.areRunwaysAsked = true;
    loadAirfields()
      .then((airfields) => {
        this.runways = new Runways(airfields);
        this.shownAt.clear();
        this.redraw();
        textsChanged();
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
        this.makeRoom();
      })
      .catch((error: unknown) => console.warn("The map shows no airports:", error));
  }

  /** The airports that a zoom shows, with the places of their codes. */
  private shown(zoom: number): readonly Shown[] {
    let shown = this.shownAt.get(zoom);
    if (shown === undefined) {
      const smallest = SMALLEST_BY_ZOOM[Math.min(zoom, SMALLEST_BY_ZOOM.length - 1)] as number;
      const spots = this.spots.filter(({ airport }) => airport.passengersM >= smallest);
      const worldPx = this.getTileSize().x * 2 ** zoom;
      const hasNames = zoom >= NAMES_FROM_ZOOM;
      const world = { scale: worldPx, left: 0, top: 0, width: worldPx, height: worldPx };
      const taken = [...namesOfZoom(zoom), ...(this.runways?.boxes(world, zoom) ?? [])];
      const codes = zoom < CODES_FROM_ZOOM ? [] : placeCodes(spots, worldPx, taken, pageScale(), hasNames);
      shown = spots.map((spot, i) => ({ ...spot, code: codes[i] ?? null }));
      this.shownAt.set(zoom, shown);
    }
    return shown;
  }
}

/** At the context's origin. */
function drawAirport(
  context: CanvasRenderingContext2D,
  { airport, code }: Shown,
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
  if (code === null) return;
  const { codeTop, nameTop, dx } = linesOf(code);
  context.textAlign = code.side === "right" ? "left" : code.side === "left" ? "right" : "center";
  context.textBaseline = "top";
  context.lineWidth = 3;
  context.strokeStyle = palette.labelHalo;
  context.fillStyle = palette.placeText;
  write(context, CODE_FONT, codeOf(airport), dx, codeTop);
  if (code.hasName) write(context, NAME_FONT, airport.name, dx, nameTop);
}

function write(context: CanvasRenderingContext2D, font: string, text: string, x: number, y: number): void {
  context.font = font;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
