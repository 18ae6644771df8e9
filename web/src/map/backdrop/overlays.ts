// Files of places over the map: those of the tracker (`spec.web.overlays`) and those that a viewer opens or drops. Backdrop adds
// them; a click on a shape shows its name.
import L from "leaflet";
import {
  MOST_BYTES,
  OverlayError,
  type OverlayFeature,
  type OverlayProblem,
  type OverlayProperties,
  readOverlay,
} from "./overlayFile";

const WAIT_MS = 20_000;
const MOST_OWN = 8;
const POPUPS = "overlayPopups";
/** Above .flight-canvas and .label-canvas, below the panels. */
const ABOVE_AIRCRAFT = "480";
/** Colours of files without colours of their own, distinguishable on both themes. */
const COLOURS = ["#e0559b", "#2f9fd0", "#d08a1c", "#4aa564", "#9a7be0", "#d0603c"] as const;

export interface Overlay {
  readonly name: string;
  /** Whether the viewer opened it. */
  readonly isOwn: boolean;
  readonly featureCount: number;
}

interface Shown extends Overlay {
  readonly layer: L.GeoJSON;
}

export class Overlays {
  private readonly own: Shown[] = [];
  private readonly named = new Map<string, Shown | "loading" | "failed">();
  private readonly renderer: L.Canvas;
  private hidden: ReadonlySet<string> = new Set();
  private clicked: { readonly properties: OverlayProperties; readonly at: L.LatLng } | null = null;
  private isOver = false;

  /**
   * @param problem called when a file cannot be shown.
   * @param changed called when there are other overlays.
   */
  constructor(
    private readonly map: L.Map,
    private readonly pane: string,
    readonly sources: readonly { readonly name: string; readonly url: string }[],
    private readonly problem: (name: string, problem: OverlayProblem) => void,
    private readonly changed: () => void,
  ) {
    this.renderer = L.canvas({ pane, padding: 0.3, tolerance: 4 });
  }

  list(): readonly Overlay[] {
    return [...this.named.values()].filter((one) => typeof one === "object").concat(this.own);
  }

  /** Show those of the tracker except the hidden ones; they load when they are first shown. */
  show(hidden: readonly string[]): void {
    this.hidden = new Set(hidden);
    for (const source of this.sources) {
      const state = this.named.get(source.name);
      if (typeof state === "object") {
        if (this.hidden.has(source.name)) state.layer.remove();
        else state.layer.addTo(this.map);
      } else if (this.hidden.has(source.name)) {
        // Showing it again tries again.
        if (state === "failed") this.named.delete(source.name);
      } else if (state === undefined) void this.load(source);
    }
  }

  /** Show files of the viewer, and move the map to them. */
  async open(files: readonly File[]): Promise<void> {
    for (const file of files) {
      try {
        if (file.size > MOST_BYTES) throw new OverlayError("size");
        const features = await readOverlay(await file.text());
        if (this.isOver) return;
        const shown = this.make(file.name, true, features, this.own.length);
        this.own.push(shown);
        while (this.own.length > MOST_OWN) this.own.shift()?.layer.remove();
        this.fit(shown.layer.addTo(this.map));
      } catch (error) {
        this.report(file.name, error);
      }
    }
    this.changed();
  }

  /** Forget the viewer's files. */
  clear(): void {
    for (const { layer } of this.own.splice(0)) layer.remove();
    this.map.closePopup();
    this.changed();
  }

  goTo(name: string): void {
    const all = [...this.named.values(), ...this.own];
    for (const one of all) if (typeof one === "object" && one.name === name) this.fit(one.layer);
  }

  /** Show what the last click touched; called only if it touched no aircraft and no airport. */
  showClicked(): void {
    const { clicked } = this;
    this.clicked = null;
    if (clicked === null) return;
    const { name, description } = clicked.properties;
    const content = document.createElement("div");
    for (const [tag, text] of [
      ["strong", name],
      ["p", description],
    ] as const) {
      if (text !== "") content.appendChild(document.createElement(tag)).textContent = text;
    }
    if (content.childElementCount > 0) {
      const options = { className: "overlay-popup", maxWidth: 260, pane: this.popupPane() };
      L.popup(options).setLatLng(clicked.at).setContent(content).openOn(this.map);
    }
  }

  /** Above the aircraft, which are above all panes inside of Leaflet's own; it moves with that one. */
  private popupPane(): string {
    const { map } = this;
    if (map.getPane(POPUPS) === undefined) {
      const pane = map.createPane(POPUPS, map.getContainer());
      pane.style.zIndex = ABOVE_AIRCRAFT;
      const follow = () => L.DomUtil.setPosition(pane, L.DomUtil.getPosition(map.getPane("mapPane") as HTMLElement));
      map.on("move", follow);
      follow();
    }
    return POPUPS;
  }

  remove(): void {
    this.isOver = true;
    for (const one of [...this.named.values(), ...this.own]) if (typeof one === "object") one.layer.remove();
  }

  private async load({ name, url }: { readonly name: string; readonly url: string }): Promise<void> {
    this.named.set(name, "loading");
    try {
      const features = await readOverlay(await textFrom(url));
      if (this.isOver) return;
      const shown = this.make(name, false, features, this.named.size - 1);
      this.named.set(name, shown);
      if (!this.hidden.has(name)) shown.layer.addTo(this.map);
      this.changed();
    } catch (error) {
      this.named.set(name, "failed");
      this.report(name, error);
    }
  }

  private report(name: string, error: unknown): void {
    if (!(error instanceof OverlayError)) console.warn(`the overlay ${name} cannot be shown:`, error);
    this.problem(name, error instanceof OverlayError ? error.problem : "load");
  }

  private make(name: string, isOwn: boolean, features: readonly OverlayFeature[], number: number): Shown {
    const usual = COLOURS[number % COLOURS.length] as string;
    const layer = L.geoJSON<OverlayProperties>([...features] as unknown as GeoJSON.GeoJsonObject, {
      pane: this.pane,
      style: (feature) => ({
        renderer: this.renderer,
        color: feature?.properties.stroke || usual,
        fillColor: feature?.properties.fill || feature?.properties.stroke || usual,
        weight: 2,
        fillOpacity: 0.12,
      }),
      pointToLayer: (_, place) => L.circleMarker(place, { radius: 5, pane: this.pane, renderer: this.renderer }),
      onEachFeature: ({ properties }, shape) => {
        shape.on("click", ({ latlng }: L.LeafletMouseEvent) => {
          this.clicked = { properties, at: latlng };
        });
      },
    });
    return { name, isOwn, featureCount: features.length, layer };
  }

  private fit(layer: L.GeoJSON): void {
    this.map.fitBounds(layer.getBounds(), { maxZoom: 12, padding: [40, 40] });
  }
}

/** The text of a file of a server, at most MOST_BYTES of it. */
async function textFrom(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
  if (!response.ok || response.body === null) throw new OverlayError("load");
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      await reader.cancel();
      throw new OverlayError("size");
    }
    text += decoder.decode(value, { stream: true });
  }
}
