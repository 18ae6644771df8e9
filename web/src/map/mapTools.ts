// What a person can lay over the map: the place that distances are measured from with its rings, what they draw, and the trails of further selected aircraft. Loaded after the first
// picture. MapParts owns it; panels reach it through MapHandle.
import type { Map as LeafletMap } from "leaflet";
import type { FlightsClient } from "@/flights/client";
import type { PageConfig } from "@/flights/config";
import { store, stored } from "@/panels/preferences/storage";
import type { Formats } from "@/texts/formats";
import { withLaterTexts } from "@/texts/later";
import { getAlso, subscribeAlso, toggleAlso } from "./alsoSelected";
import { AlsoTrails } from "./alsoTrails";
import { thinOut } from "./crowding";
import type { FlightLayer } from "./flightLayer";
import type { HeatLayer } from "./heat/heatLayer";
import { getHere, setHere, subscribeHere } from "./here";
import { HereLayer } from "./hereLayer";
import { LaterPart } from "./laterPart";
import type { MapOptions } from "./mapOptions";
import type { Theme } from "./palette";
import { outlineCorners, outlineFrom, type RangeOutline, widened } from "./rangeOutline";
import { SketchLayer } from "./sketchLayer";

/** How often the outline of the range grows. */
const OUTLINE_MS = 5_000;

export class MapTools {
  private readonly here: HereLayer;
  private readonly sketch: SketchLayer;
  private readonly timer: ReturnType<typeof setInterval>;
  private range: RangeOutline | null = null;
  private readonly also: AlsoTrails;
  private readonly forget: () => void;
  private readonly forgetAlso: () => void;
  private readonly heat: LaterPart<HeatLayer>;
  private theme: Theme = "dark";
  private hasHeat = false;
  private formats: Formats | null = null;

  constructor(
    private readonly map: LeafletMap,
    private readonly client: FlightsClient,
    flights: FlightLayer,
    private readonly config: PageConfig,
    notice: (key: string, text: string) => void,
  ) {
    const { receiver, hasHistory } = config;
    this.here = new HereLayer(map);
    this.sketch = new SketchLayer(map, flights);
    this.also = new AlsoTrails(map, client, flights, hasHistory);
    const showAlso = () => flights.setExtras({ also: getAlso, pickAlso: toggleAlso, thinOut });
    this.forgetAlso = subscribeAlso(showAlso);
    showAlso();
    const tooWide = () => {
      if (this.formats !== null)
        withLaterTexts(this.formats.language, ({ display }) => notice("heat", display.heatTooWide));
    };
    const loadHeat = async () => new (await import("./heat/heatLayer")).HeatLayer(client, tooWide);
    this.heat = new LaterPart("where aircraft flew", loadHeat, () => this.showHeat());
    this.timer = setInterval(() => this.widen(), OUTLINE_MS);
    this.forget = subscribeHere(() => this.showHere());
    if (receiver !== null && getHere() === null) setHere({ kind: "receiver", ...receiver });
    else this.showHere();
  }

  setTheme(theme: Theme): void {
    this.also.setTheme(theme);
    this.theme = theme;
    this.heat.part?.setTheme(theme);
  }

  setFormats(formats: Formats): void {
    this.formats = formats;
    this.here.setFormats(formats);
    this.sketch.setFormats(formats);
    this.showHere();
  }

  setOptions({ hasRings, hasHeat }: MapOptions): void {
    this.here.showRings(hasRings);
    this.hasHeat = hasHeat && this.config.hasHistory;
    if (this.hasHeat) this.heat.ask();
    this.showHeat();
  }

  remove(): void {
    clearInterval(this.timer);
    this.heat.close();
    this.heat.part?.remove();
    this.forget();
    this.forgetAlso();
    this.here.remove();
    this.sketch.remove();
    this.also.remove();
  }

  private showHeat(): void {
    this.heat.part?.setTheme(this.theme);
    if (this.hasHeat) this.heat.part?.addTo(this.map);
    else this.heat.part?.remove();
  }

  private showHere(): void {
    const here = getHere();
    this.here.show(here, here?.name ?? "");
    if (here !== null && here.name === "" && this.formats !== null) {
      const { language } = this.formats;
      withLaterTexts(language, ({ nearby }) => {
        if (getHere() === here && this.formats?.language === language) this.here.show(here, nearby[here.kind]);
      });
    }
    this.range = here?.kind === "receiver" ? outlineFrom(stored("range"), here, this.client.serverTimeMs()) : null;
    this.here.showOutline(this.range === null ? [] : outlineCorners(this.range));
  }

  private widen(): void {
    const before = this.range;
    if (before === null) return;
    this.range = widened(before, this.client.live, this.client.serverTimeMs());
    if (this.range === before) return;
    // A browser without storage has the outline of this tab.
    store("range", JSON.stringify(this.range));
    this.here.showOutline(outlineCorners(this.range));
  }
}
