// All layers of the map, assembled once, and the actions on them. FlightMap.tsx mounts it and passes the options.
// It does not use React.
import L from "leaflet";
import type { FlightsClient } from "@/flights/client";
import type { PageConfig } from "@/flights/config";
import type { LatLon } from "@/flights/greatCircle";
import { placeText } from "@/panels/mapView";
import type { Formats } from "@/texts/formats";
import type { AlertArea, AlertAreas } from "./alertAreas";
import type { Backdrop, BackdropEvents } from "./backdrop/backdrop";
import { BaseMap } from "./baseMap";
import type { Box } from "./bounds";
import { FlightLayer, type LayerEvents } from "./flightLayer";
import { LaterAirports } from "./laterAirports";
import { AFTER_PICTURE_MS, LaterPart } from "./laterPart";
import type { MapMoves } from "./mapMoves";
import type { ColourBy, MapOptions } from "./mapOptions";
import type { MapTools } from "./mapTools";
import type { Theme } from "./palette";
import { SelectionLines } from "./selectionLines";
import type { Tested } from "./selfTest";
import type { TrailRequests } from "./trailRequests";
import { ViewReports } from "./viewReports";

export interface PartsEvents extends LayerEvents, BackdropEvents {
  /** A person clicked an airport. */
  airport(icao: string): void;
  /** The map has stopped at another place. */
  moved(latitudeDeg: number, longitudeDeg: number, zoom: number): void;
  /** A person dragged the map while it followed an aircraft. */
  followEnded(): void;
}

/** A map that follows an aircraft never stops, so it reports its place this often. */
const MOVED_MS = 500;

export class MapParts {
  readonly map: L.Map;
  readonly layer: FlightLayer;
  private readonly base = new BaseMap();
  /** Other base maps, night, graticule and overlays. */
  readonly backdrop: LaterPart<Backdrop>;
  private readonly airports: LaterAirports;
  private readonly lines: SelectionLines;
  private readonly alertAreas: LaterPart<AlertAreas>;
  private areas: readonly AlertArea[] = [];
  private readonly moves: LaterPart<MapMoves>;
  /** What was asked for before the moves were loaded. */
  private wanted: ((moves: MapMoves) => void) | null = null;
  private followed: number | null = null;
  private readonly tools: LaterPart<MapTools>;
  private colourBy: ColourBy = "altitude";
  private readonly trailRequests: LaterPart<TrailRequests>;
  private hasTrails = false;
  private readonly viewReports: ViewReports;
  private readonly observer: ResizeObserver;
  private readonly motion = window.matchMedia("(prefers-reduced-motion: reduce)");
  private movedTimer: ReturnType<typeof setTimeout> | undefined;
  private selected: number | null = null;
  private hasPicked = false;
  private options: MapOptions | null = null;
  private theme: Theme = "dark";
  private formats: Formats | null = null;

  constructor(
    container: HTMLElement,
    private readonly client: FlightsClient,
    config: PageConfig,
    tested: Tested,
    private readonly events: PartsEvents,
  ) {
    this.map = createMap(container, config, !this.motion.matches);
    const hasTiles = config.tilesUrl !== "";
    if (!hasTiles) this.base.addTo(this.map);
    const selected = (icao24: number | null) => {
      this.hasPicked = icao24 !== null;
      events.selected(icao24);
    };
    this.layer = new FlightLayer(this.map, client, { ...events, selected }, tested);
    this.airports = new LaterAirports(this.map, this.layer);
    const loadBackdrop = async () => {
      const { Backdrop: Made } = await import("./backdrop/backdrop");
      return new Made(this.map, this.base, config, () => client.shownTimeMs(), events);
    };
    this.backdrop = new LaterPart("the map's surroundings", loadBackdrop, () => this.showBackdrop());
    if (hasTiles) this.backdrop.ask();
    else this.backdrop.askAfterPicture(this.layer);
    this.lines = new SelectionLines(this.map, client, this.layer);
    const loadAreas = () => import("./alertAreas").then(({ AlertAreas: Areas }) => new Areas(this.map));
    this.alertAreas = new LaterPart("the areas of alerts", loadAreas, (shown) => shown.show(this.areas));
    const hasPlace = new URLSearchParams(window.location.search).has("at");
    const load = async () => {
      const { MapMoves: Moves } = await import("./mapMoves");
      return new Moves(this.map, this.layer, hasPlace, () => events.followEnded());
    };
    this.moves = new LaterPart("what moves the map", load, (moves) => {
      moves.select(this.selected);
      moves.follow(this.followed);
      this.wanted?.(moves);
    });
    const loadTrails = async () => {
      const { TrailRequests: Requests } = await import("./trailRequests");
      return new Requests(this.map, client, () => this.layer.mostTrailPoints);
    };
    this.trailRequests = new LaterPart("trails", loadTrails, (requests) => this.hasTrails && requests.start());
    this.viewReports = new ViewReports(this.map, client);
    const loadTools = async () => {
      const { MapTools: Tools } = await import("./mapTools");
      return new Tools(this.map, client, this.layer, config, (key, text) => events.notice(key, text));
    };
    this.tools = new LaterPart("the tools of the map", loadTools, (tools) => {
      tools.setTheme(this.layer.theme);
      if (this.formats !== null) tools.setFormats(this.formats);
      if (this.options !== null) tools.setOptions(this.options);
    });
    this.layer.whenDrawn(() => this.tools.ask(AFTER_PICTURE_MS));
    this.observer = new ResizeObserver(() => this.map.invalidateSize({ animate: false }));
    this.observer.observe(container);
    container.addEventListener("dragover", draggedOver);
    container.addEventListener("drop", this.dropped);
    this.map.on("moveend", this.moved);
    // After the layer of aircraft, which are above airports.
    this.map.on("click", this.clicked);
    this.map.on("mousemove", this.pointed);
    this.motion.addEventListener("change", this.motionChanged);
    this.motionChanged();
  }

  remove(): void {
    clearTimeout(this.movedTimer);
    this.motion.removeEventListener("change", this.motionChanged);
    this.observer.disconnect();
    const container = this.map.getContainer();
    container.removeEventListener("dragover", draggedOver);
    container.removeEventListener("drop", this.dropped);
    this.trailRequests.close();
    this.trailRequests.part?.stop();
    this.viewReports.remove();
    this.alertAreas.close();
    this.tools.close();
    this.tools.part?.remove();
    this.moves.close();
    this.moves.part?.remove();
    this.airports.close();
    this.backdrop.close();
    this.backdrop.part?.remove();
    this.lines.remove();
    this.layer.remove();
    this.map.remove();
  }

  setTheme(theme: Theme): void {
    for (const part of [this.base, this.airports, this.lines]) part.setTheme(theme);
    this.tools.part?.setTheme(theme);
    this.layer.theme = theme;
    this.layer.touch();
    this.theme = theme;
    this.showBackdrop();
  }

  setAlertAreas(areas: readonly AlertArea[]): void {
    this.areas = areas;
    this.alertAreas.part?.show(areas);
    if (areas.length > 0) this.alertAreas.ask();
  }

  setFormats(formats: Formats): void {
    this.formats = formats;
    this.base.setLanguage(formats.language);
    this.tools.part?.setFormats(formats);
    this.layer.labels.setFormats(formats);
    this.layer.touch();
    this.showBackdrop();
  }

  select(icao24: number | null): void {
    const isNew = icao24 !== this.selected;
    this.selected = icao24;
    this.layer.select(icao24);
    this.lines.select(icao24);
    this.moves.part?.select(icao24);
    // Also here: the card of a link may be there before the map.
    if (isNew && icao24 !== null) this.reveal();
  }

  setOptions(options: MapOptions): void {
    this.options = options;
    this.tools.part?.setOptions(options);
    this.layer.setOptions(options);
    if (options.colourBy !== this.colourBy) this.colour(options.colourBy);
    this.airports.show(options.hasAirports);
    this.hasTrails = options.hasTrails;
    if (this.hasTrails) {
      this.trailRequests.part?.start();
      this.trailRequests.ask(AFTER_PICTURE_MS);
    } else this.trailRequests.part?.stop();
    this.followed = options.isFollowing ? this.selected : null;
    this.moves.part?.follow(this.followed);
    if (options.baseMap !== "") this.backdrop.ask();
    this.showBackdrop();
  }

  private colour(by: ColourBy): void {
    this.colourBy = by;
    import("./colouring")
      .then(({ colouringBy }) => this.colourBy === by && this.layer.setColouring(colouringBy(by)))
      .catch((error: unknown) => console.warn("the colours did not load:", error));
  }

  /** The middle and the zoom, as in the page's address. */
  place(): string {
    const { lat, lng } = this.map.getCenter().wrap();
    return placeText(lat, lng, this.map.getZoom());
  }

  middle(): LatLon {
    const { lat, lng } = this.map.getCenter();
    return { latitudeDeg: lat, longitudeDeg: lng };
  }

  /** Keep the selected aircraft visible after what covers the map has changed. */
  reveal(): void {
    if (this.selected === null) return;
    // What a person asked for meanwhile is more important.
    if (this.moves.part !== null || this.wanted === null) this.move((moves) => moves.reveal());
  }

  showAircraft(icao24: number): void {
    this.move((moves) => moves.show(icao24));
  }

  /** Show a place in the middle of the free part of the map. */
  goTo(place: LatLon, zoom: number): void {
    this.move((moves) => moves.goTo(place, zoom));
  }

  /** Show every aircraft that passes the filters. */
  fitAll(): void {
    const { rows } = this.client;
    const shown = Array.from({ length: rows.rowCount }, (_, row) => row).filter((row) => rows.shown[row] === 1);
    const places = shown.map((row) => ({ latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) }));
    this.move((moves) => moves.fitAround(places));
  }

  /** Show the selected aircraft with the airports of its flight. */
  fitRoute(): void {
    this.move((moves) => moves.fitAround(this.lines.places()));
  }

  /** The area that the map shows, degrees; null while it has no size. West is greater than east across the 180th meridian. */
  area(): { readonly west: number; readonly south: number; readonly east: number; readonly north: number } | null {
    if (this.map.getSize().x === 0) return null;
    const bounds = this.map.getBounds();
    const isWorld = bounds.getEast() - bounds.getWest() >= 360;
    return {
      west: isWorld ? -180 : bounds.getSouthWest().wrap().lng,
      south: bounds.getSouth(),
      east: isWorld ? 180 : bounds.getNorthEast().wrap().lng,
      north: bounds.getNorth(),
    };
  }

  fit(box: Box): void {
    this.move((moves) => moves.fit(box));
  }

  private move(wanted: (moves: MapMoves) => void): void {
    if (this.moves.part !== null) wanted(this.moves.part);
    else {
      this.wanted = wanted;
      this.moves.ask();
    }
  }

  private showBackdrop(): void {
    const { formats, options, theme } = this;
    if (formats !== null && options !== null) this.backdrop.part?.show(options, theme, formats.language);
  }

  /** Here, and not in what opens the file: the browser would leave the page for a file that is dropped too soon. */
  private readonly dropped = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.backdrop.whenLoaded((backdrop) => backdrop.openDropped(files));
  };

  private readonly clicked = ({ latlng }: L.LeafletMouseEvent): void => {
    if (this.hasPicked || this.layer.ignoresClicks) return;
    const airport = this.airports.airportAt(latlng, window.matchMedia("(pointer: coarse)").matches);
    if (airport !== null) this.events.airport(airport.icao);
    else this.backdrop.part?.clicked();
  };

  private readonly pointed = ({ latlng }: L.LeafletMouseEvent): void => {
    this.map.getContainer().classList.toggle("is-over-airport", this.airports.airportAt(latlng, false) !== null);
  };

  private readonly moved = (): void => {
    if (this.movedTimer !== undefined) return;
    const tell = () => {
      this.movedTimer = undefined;
      const { lat, lng } = this.map.getCenter().wrap();
      this.events.moved(lat, lng, this.map.getZoom());
    };
    if (this.moves.part?.isFollowing) this.movedTimer = setTimeout(tell, MOVED_MS);
    else tell();
  };

  private readonly motionChanged = (): void => {
    this.layer.isSmooth = !this.motion.matches;
  };
}

function createMap(container: HTMLElement, config: PageConfig, isSmooth: boolean): L.Map {
  const [latitude, longitude, zoom] = config.defaultView;
  const map = L.map(container, {
    center: [latitude, longitude],
    zoom,
    minZoom: container.clientHeight > 1024 ? 3 : 2,
    maxZoom: 17,
    zoomControl: false,
    worldCopyJump: true,
    maxBounds: [
      [-85.06, Number.NEGATIVE_INFINITY],
      [85.06, Number.POSITIVE_INFINITY],
    ],
    maxBoundsViscosity: 1,
    attributionControl: false,
    zoomAnimation: isSmooth,
    // If frames are too slow for its fading, Leaflet never removes the old tiles below the new ones.
    fadeAnimation: false,
    inertia: isSmooth,
  });
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.attribution({ position: "bottomright", prefix: '<a href="https://leafletjs.com">Leaflet</a>' }).addTo(map);
  return map;
}

function draggedOver(event: DragEvent): void {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
}
