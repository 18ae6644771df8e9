// The night as a shade over the map, at the time that the page shows. Backdrop adds it.
import L from "leaflet";
import { nightRing, sunAt } from "./night";

/** The line moves 0.25° a minute. */
const EVERY_MS = 20_000;
/** Three copies of the world: a wide screen shows more than one. */
const [WEST_DEG, EAST_DEG] = [-540, 540];

export class NightLayer {
  private readonly shade: L.Polygon;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** @param timeMs the time that the page shows. */
  constructor(
    private readonly map: L.Map,
    pane: string,
    private readonly timeMs: () => number,
  ) {
    this.shade = L.polygon([], {
      className: "night",
      interactive: false,
      pane,
      renderer: L.svg({ pane, padding: 0.5 }),
    });
  }

  show(isShown: boolean): void {
    if (isShown === this.map.hasLayer(this.shade)) return;
    clearInterval(this.timer);
    if (isShown) {
      this.shade.addTo(this.map);
      this.move();
      this.timer = setInterval(this.move, EVERY_MS);
    } else this.shade.remove();
  }

  remove(): void {
    this.show(false);
  }

  private readonly move = (): void => {
    this.shade.setLatLngs(nightRing(sunAt(this.timeMs()), WEST_DEG, EAST_DEG));
  };
}
