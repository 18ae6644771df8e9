// Parallels and meridians, labelled at the left and lower edges of the map. Backdrop adds it.
import L from "leaflet";
import { degreesText, linesWithin, parallelsWithin, stepDeg } from "./graticule";

/** Lines reach this much farther than the view, so they are there while a person drags the map. */
const PADDING = 0.5;
/** From the map's edges to the labels: below are the attribution and, on a phone, the sheet. */
const LEFT_PX = 6;
const BOTTOM_PX = 34;
/** While an aircraft is followed, the map moves all the time. */
const EVERY_MS = 300;

export class GraticuleLayer {
  private readonly lines = L.layerGroup();
  private readonly renderer: L.SVG;
  private timer: ReturnType<typeof setTimeout> | undefined;

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
      this.draw();
    } else this.remove();
  }

  remove(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
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
    const left = map.containerPointToLatLng([LEFT_PX, 0]).lng;
    const bottom = map.containerPointToLatLng([0, height - BOTTOM_PX]).lat;
    this.lines.clearLayers();
    for (const latitude of parallelsWithin(south, north, step)) {
      this.line([latitude, west], [latitude, east]);
      if (latitude > bottom) this.label([latitude, left], degreesText(latitude, "N", "S"), "graticule-parallel");
    }
    for (const longitude of linesWithin(west, east, step)) {
      this.line([Math.max(-85.06, south), longitude], [Math.min(85.06, north), longitude]);
      if (longitude > left) this.label([bottom, longitude], degreesText(longitude, "E", "W"), "graticule-meridian");
    }
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

  private label(place: [number, number], text: string, className: string): void {
    const label = document.createElement("span");
    label.textContent = text;
    const icon = L.divIcon({ className: `graticule-label ${className}`, html: label, iconSize: [0, 0] });
    this.lines.addLayer(L.marker(place, { icon, interactive: false, keyboard: false, pane: this.pane }));
  }
}
