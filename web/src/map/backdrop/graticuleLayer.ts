// Parallels and meridians, labelled at the left and lower edges of the map, or beside what covers them there: the legend, the
// card, names and codes of the map. Backdrop adds it.
import L from "leaflet";
import type { Rectangle } from "../freeSpace";
import { drawnTextsIn, onTexts } from "../mapTexts";
import { pageScale } from "../pageScale";
import { settledView } from "../view";
import { above, beside, degreesText, LEFT_PX, linesWithin, parallelsWithin, stepDeg } from "./graticule";

/** Lines reach this much farther than the view, so they are there while a person drags the map. */
const PADDING = 0.5;
/** From the map's lower edge to the labels: below are the attribution and, on a phone, the sheet. */
const BOTTOM_PX = 34;
const COVERS = ".map-overlay, [data-covers-map]";
/** While an aircraft is followed, the map moves all the time. */
const EVERY_MS = 300;

export class GraticuleLayer {
  private readonly lines = L.layerGroup();
  private readonly renderer: L.SVG;
  /** The legend and the card come and go. */
  private readonly watcher = new MutationObserver(() => this.soon());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private forgetTexts: (() => void) | null = null;

  constructor(
    private readonly map: L.Map,
    private readonly pane: string,
  ) {
    this.renderer = L.svg({ pane, padding: PADDING });
  }

  show(isShown: boolean): void {
    if (isShown === this.map.hasLayer(this.lines)) return;
    if (isShown) {
      this.lines.addTo(this.map);
      this.map.on("moveend zoomend resize", this.soon);
      this.forgetTexts = onTexts(this.soon);
      const section = this.map.getContainer().parentElement;
      for (const around of [section, section?.parentElement]) {
        if (around) this.watcher.observe(around, { childList: true });
      }
      this.draw();
    } else this.remove();
  }

  remove(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.watcher.disconnect();
    this.forgetTexts?.();
    this.map.off("moveend zoomend resize", this.soon);
    this.lines.clearLayers().remove();
  }

  private readonly soon = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.draw();
    }, EVERY_MS);
  };

  private draw(): void {
    const { map } = this;
    const view = map.getBounds();
    const around = view.pad(PADDING);
    const [south, north, west, east] = [around.getSouth(), around.getNorth(), around.getWest(), around.getEast()];
    const step = stepDeg(map.getZoom());
    const { y: height } = map.getSize();
    const letters = pageScale();
    const bottom = height - letters * BOTTOM_PX;
    const covers = this.covers();
    this.lines.clearLayers();
    for (const latitude of parallelsWithin(south, north, step)) {
      this.line([latitude, west], [latitude, east]);
      const y = map.latLngToContainerPoint([latitude, 0]).y;
      if (y < bottom)
        this.label([beside(covers, y, letters), y], degreesText(latitude, "N", "S"), "graticule-parallel");
    }
    for (const longitude of linesWithin(west, east, step)) {
      this.line([Math.max(-85.06, south), longitude], [Math.min(85.06, north), longitude]);
      const x = map.latLngToContainerPoint([0, longitude]).x;
      if (x > LEFT_PX)
        this.label([x, above(covers, x, bottom, letters)], degreesText(longitude, "E", "W"), "graticule-meridian");
    }
  }

  /** What covers the map, and its names and codes, pixels from its corner. */
  private covers(): Rectangle[] {
    const container = this.map.getContainer();
    const corner = container.getBoundingClientRect();
    const above = [...(container.closest("main")?.querySelectorAll(COVERS) ?? [])].map((cover) => {
      const { left, top, right, bottom } = cover.getBoundingClientRect();
      return {
        left: left - corner.left,
        top: top - corner.top,
        right: right - corner.left,
        bottom: bottom - corner.top,
      };
    });
    return [...above, ...drawnTextsIn(settledView(this.map))];
  }

  private line(from: [number, number], to: [number, number]): void {
    const options = {
      className: "graticule",
      interactive: false,
      pane: this.pane,
      renderer: this.renderer,
      noClip: true,
    };
    this.lines.addLayer(L.polyline([from, to], options));
  }

  /** `at` is in pixels from the map's corner. */
  private label(at: [number, number], text: string, className: string): void {
    const place = this.map.containerPointToLatLng(at);
    const label = document.createElement("span");
    label.textContent = text;
    const icon = L.divIcon({ className: `graticule-label ${className}`, html: label, iconSize: [0, 0] });
    this.lines.addLayer(L.marker(place, { icon, interactive: false, keyboard: false, pane: this.pane }));
  }
}
