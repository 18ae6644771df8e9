// Everything on the map that is not about flights: the chosen base map and how much it fades, day and night, the graticule, and
// overlays. Loaded after the first picture, or at once for a tracker with maps of its own. MapParts uses it.
import type L from "leaflet";
import type { PageConfig } from "@/flights/config";
import type { Language } from "@/texts/language";
import { type LaterTexts, withLaterTexts } from "@/texts/later";
import type { BaseMap } from "../baseMap";
import type { MapOptions } from "../mapOptions";
import type { Theme } from "../palette";
import { BUILT_IN, chosenMap, isPmtiles, layerOf, type MapChoice, mapChoices } from "./baseMaps";
import { GraticuleLayer } from "./graticuleLayer";
import { NightLayer } from "./nightLayer";
import { type Overlay, Overlays } from "./overlays";

/** Panes between the map (200) and airports, lines and aircraft (400 and above). */
const PANES = { night: 250, graticule: 260, overlays: 300 } as const;
const FILE = /\.(geojson|json|kml|gpx|pmtiles)$/i;

export interface BackdropEvents {
  /** A message for the viewer; one with the same key replaces it. */
  notice(key: string, text: string): void;
  /** A viewer opened a map. */
  chosen(key: string): void;
}

export class Backdrop {
  private readonly night: NightLayer;
  private readonly graticule: GraticuleLayer;
  private readonly overlays: Overlays;
  private readonly listeners = new Set<() => void>();
  private choices: readonly MapChoice[];
  private layer: L.GridLayer | null = null;
  /** The choice and, for vector maps, theme and language of the layer; null before the first. */
  private shownMap: string | null = null;
  private options: MapOptions | null = null;
  private theme: Theme = "dark";
  private language: Language = "en";
  private isOver = false;

  /**
   * @param world the built-in map.
   * @param timeMs the time that the page shows.
   * @param events what it tells the page.
   */
  constructor(
    private readonly map: L.Map,
    private readonly world: BaseMap,
    config: PageConfig,
    timeMs: () => number,
    private readonly events: BackdropEvents,
  ) {
    for (const [name, zIndex] of Object.entries(PANES)) map.createPane(name).style.zIndex = String(zIndex);
    this.choices = mapChoices(config);
    this.night = new NightLayer(map, "night", timeMs);
    this.graticule = new GraticuleLayer(map, "graticule");
    const problem = (name: string, kind: keyof LaterTexts["backdrop"]["problems"]) =>
      this.say(`overlay ${name}`, ({ problems }) => problems[kind]({ name }));
    this.overlays = new Overlays(map, "overlays", config.overlays, problem, () => this.tell());
  }

  /** Keys of the maps that can be chosen, the first one by default. */
  get maps(): readonly string[] {
    return this.choices.map(({ key }) => key);
  }

  /** Names of the tracker's overlays. */
  get sourceNames(): readonly string[] {
    return this.overlays.sources.map(({ name }) => name);
  }

  overlayList(): readonly Overlay[] {
    return this.overlays.list();
  }

  /** Call a function whenever maps or overlays come or go; returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  show(options: MapOptions, theme: Theme, language: Language): void {
    this.options = options;
    this.theme = theme;
    this.language = language;
    const choice = chosenMap(this.choices, options.baseMap);
    const wanted = isPmtiles(choice) ? `${choice.key} ${theme} ${language}` : choice.key;
    if (wanted !== this.shownMap) {
      this.shownMap = wanted;
      void this.showMap(choice, wanted);
    }
    this.fade();
    this.night.show(options.hasNight);
    this.graticule.show(options.hasGraticule);
    this.overlays.show(options.hiddenOverlays);
  }

  /** Show files of this device: overlays, or a PMTiles file as the base map. */
  async open(files: readonly File[]): Promise<void> {
    const maps = files.filter(({ name }) => /\.pmtiles$/i.test(name));
    await this.overlays.open(files.filter((file) => !maps.includes(file)));
    const file = maps.at(-1);
    if (file === undefined) return;
    const choice: MapChoice = { key: file.name, url: "", attribution: "", isInverted: false, file };
    this.choices = [...this.choices.filter(({ key }) => key !== file.name), choice];
    this.shownMap = null;
    this.tell();
    this.events.chosen(file.name);
  }

  goToOverlay(name: string): void {
    this.overlays.goTo(name);
  }

  closeOwnFiles(): void {
    this.overlays.clear();
  }

  /** Open what was dropped onto the map, and say which files are none that it can show. */
  openDropped(files: readonly File[]): void {
    const known = files.filter(({ name }) => FILE.test(name));
    for (const { name } of files) {
      if (!FILE.test(name)) this.say(`overlay ${name}`, ({ problems }) => problems.format({ name }));
    }
    void this.open(known);
  }

  /** The map was clicked where no aircraft and no airport is. */
  clicked(): void {
    this.overlays.showClicked();
  }

  remove(): void {
    this.isOver = true;
    for (const part of [this.night, this.graticule, this.overlays]) part.remove();
    this.layer?.remove();
  }

  private say(key: string, wordsOf: (texts: LaterTexts["backdrop"]) => string): void {
    withLaterTexts(this.language, ({ backdrop }) => this.events.notice(key, wordsOf(backdrop)));
  }

  private async showMap(choice: MapChoice, wanted: string): Promise<void> {
    if (choice.key === BUILT_IN) {
      this.use(null, true);
      return;
    }
    const failed = () => {
      if (this.isOver || this.shownMap !== wanted) return;
      this.use(null, true);
      this.say("tiles", ({ mapFailed }) => mapFailed);
    };
    try {
      const { layer, isWorld } = await layerOf(choice, this.theme, this.language, failed);
      if (!this.isOver && this.shownMap === wanted) this.use(layer, !isWorld);
    } catch (error) {
      console.warn("the map cannot be shown:", error);
      failed();
    }
  }

  private use(layer: L.GridLayer | null, hasWorld: boolean): void {
    if (hasWorld) this.world.addTo(this.map);
    layer?.addTo(this.map).bringToFront();
    this.layer?.remove();
    if (!hasWorld) this.world.remove();
    this.layer = layer;
    this.fade();
  }

  private fade(): void {
    const opacity = 1 - (this.options?.fadedPercent ?? 0) / 100;
    for (const layer of [this.world, this.layer]) layer?.setOpacity(opacity);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
