// Where aircraft flew in the 24 hours before the time that is shown, as colours of cells, from what the server keeps. Loaded
// when a person switches it on. Only for views at most WIDEST_DEG wide: each question is about an area.
import L from "leaflet";
import type { FlightsClient } from "@/flights/client";
import type { Area } from "@/flights/past/area";
import { type History, loadHistory } from "@/flights/past/history";
import type { Theme } from "../palette";
import { CELL_PX, CELLS, type Heat, heatAt, shareOf } from "./heatCells";
import { heatColour } from "./heatColours";
import { HeatPlaces, type Places } from "./heatPlaces";

const PANE = "heat";
/** Above the map, below night, overlays and aircraft. */
const Z_INDEX = "240";
const WIDEST_DEG = 20;
/** After the map or the time has moved. */
const SETTLE_MS = 400;
/** The history grows, and the time goes on or is chosen; within a minute the same is not asked for again. */
const LOOK_MS = 5_000;
const MINUTE_MS = 60_000;
/** Hours that are there already arrive at once, and are drawn together. */
const DRAW_MS = 250;

export class HeatLayer extends L.GridLayer {
  private readonly places: HeatPlaces;
  private theme: Theme = "dark";
  private loading = new AbortController();
  private parts: Places[] = [];
  private readonly heats = new Map<number, Heat>();
  /** Area and minute; empty for a view that is too wide, null for none. */
  private shownFor: string | null = null;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setInterval> | undefined;

  /** @param tooWide called when the view is too wide for it. */
  constructor(
    private readonly client: FlightsClient,
    private readonly tooWide: () => void,
  ) {
    super({ pane: PANE, updateWhenZooming: false, keepBuffer: 1, className: "heat-tiles" });
    this.places = new HeatPlaces(() => client.access);
  }

  override onAdd(map: L.Map): this {
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.style.zIndex = Z_INDEX;
    pane.style.pointerEvents = "none";
    super.onAdd(map);
    map.on("moveend", this.soon);
    this.again = setInterval(() => this.update(), LOOK_MS);
    this.soon();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("moveend", this.soon);
    clearInterval(this.again);
    clearTimeout(this.settling);
    clearTimeout(this.drawing);
    this.loading.abort();
    this.shownFor = null;
    this.forget();
    return super.onRemove(map);
  }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    if (this.parts.length > 0) this.redraw();
  }

  protected override createTile({ x, y, z }: L.Coords): HTMLElement {
    const tile = document.createElement("canvas");
    tile.width = tile.height = CELLS * CELL_PX;
    const context = tile.getContext("2d");
    const heat = this.heatAt(z);
    const cells = heat.tile(x, y);
    if (context === null || cells === undefined) return tile;
    for (let cell = 0; cell < cells.length; cell++) {
      const count = cells[cell] as number;
      if (count === 0) continue;
      const { colour, opacity } = heatColour(this.theme, shareOf(count, heat.most));
      context.globalAlpha = opacity;
      context.fillStyle = colour;
      context.fillRect((cell % CELLS) * CELL_PX, Math.floor(cell / CELLS) * CELL_PX, CELL_PX, CELL_PX);
    }
    return tile;
  }

  private heatAt(zoom: number): Heat {
    let heat = this.heats.get(zoom);
    if (heat === undefined) {
      heat = heatAt(zoom, this.parts);
      this.heats.set(zoom, heat);
    }
    return heat;
  }

  private readonly soon = (): void => {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.update(), SETTLE_MS);
  };

  private update(): void {
    const area = areaOf(this._map.getBounds());
    const untilMs = this.client.shownTimeMs();
    const wanted = area === null ? "" : `${JSON.stringify(area)} ${Math.floor(untilMs / MINUTE_MS)}`;
    if (wanted === this.shownFor) return;
    this.loading.abort();
    this.loading = new AbortController();
    this.shownFor = wanted;
    if (area !== null) void this.load(area, untilMs, this.loading.signal);
    else {
      this.forget();
      this.tooWide();
    }
  }

  private async load(area: Area, untilMs: number, signal: AbortSignal): Promise<void> {
    const history = await loadHistory(this.client.access);
    if (signal.aborted || history === null || history === "not kept") return;
    try {
      await this.loadHours(area, history, untilMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      // Asked again with the next move or minute.
      this.shownFor = null;
      console.warn("where aircraft flew did not load:", error);
    }
  }

  private async loadHours(area: Area, history: History, untilMs: number, signal: AbortSignal): Promise<void> {
    const parts: Places[] = [];
    const draw = () => {
      this.drawing = undefined;
      if (signal.aborted) return;
      this.parts = parts;
      this.heats.clear();
      this.redraw();
    };
    await this.places.load(area, history, untilMs, signal, (places) => {
      parts.push(places);
      clearTimeout(this.drawing);
      this.drawing = setTimeout(draw, DRAW_MS);
    });
  }

  private forget(): void {
    this.parts = [];
    this.heats.clear();
    if (this._map) this.redraw();
  }
}

/** The view to whole degrees, so that small moves ask for the same; null for one that is too wide. */
function areaOf(bounds: L.LatLngBounds): Area | null {
  const [west, east] = [Math.floor(bounds.getWest()), Math.ceil(bounds.getEast())];
  if (east - west > WIDEST_DEG + 2) return null;
  const wrapped = (degrees: number) => ((((degrees + 180) % 360) + 360) % 360) - 180;
  return {
    west: wrapped(west),
    south: Math.max(-90, Math.floor(bounds.getSouth())),
    east: wrapped(east),
    north: Math.min(90, Math.ceil(bounds.getNorth())),
  };
}
