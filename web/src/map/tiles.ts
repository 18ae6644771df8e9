// Chooses between a configured tile server and the built-in map. If no tile of the first view arrives, the page stays with
// the built-in map: behind a firewall, it must not remain grey.
import L from "leaflet";
import type { PageConfig } from "@/flights/config";
import { attributionHtml } from "./attribution";
import type { BaseMap } from "./baseMap";

const ERRORS_THAT_MEAN_FAILURE = 4;

export function addTiles(map: L.Map, base: BaseMap, config: PageConfig, onFailed: () => void): void {
  if (config.tilesUrl === "") {
    base.addTo(map);
    return;
  }
  const tiles = L.tileLayer(config.tilesUrl, {
    attribution: attributionHtml(config.tilesAttribution),
    className: "tile-server",
  });
  let loaded = 0;
  let failed = 0;
  tiles.on("tileload", () => {
    loaded++;
  });
  tiles.on("tileerror", () => {
    failed++;
    if (loaded > 0 || failed < ERRORS_THAT_MEAN_FAILURE || !map.hasLayer(tiles)) return;
    tiles.remove();
    base.addTo(map);
    onFailed();
  });
  tiles.addTo(map);
}
