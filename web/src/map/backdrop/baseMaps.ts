// The maps that a viewer can choose: the built-in one, that of `tilesUrl`, and those of `baseMaps`; and their Leaflet layers.
import L from "leaflet";
import type { Labelers, LeafletLayerOptions } from "protomaps-leaflet";
import type { PageConfig } from "@/flights/config";
import { mercatorX, mercatorY } from "@/flights/mercator";
import type { Language } from "@/texts/language";
import { attributionHtml } from "../attribution";
import type { Box } from "../labelChoice";
import { addNames, addTexts, coverNames, textsChanged } from "../mapTexts";
import { PALETTES, type Theme } from "../palette";
import type { MapView } from "../view";

/** The name of the built-in map in the page's address. */
export const BUILT_IN = "built-in";
const ERRORS_THAT_MEAN_FAILURE = 4;
/** A server that answers nothing must not leave the map empty. */
const FILE_WAIT_MS = 15_000;

export interface MapChoice {
  /** As in the page's address; empty for the map of `tilesUrl`. */
  readonly key: string;
  /** Empty: the built-in map. */
  readonly url: string;
  readonly attribution: string;
  /** Whether raster tiles are inverted in the dark theme: most servers have light maps only. */
  readonly isInverted: boolean;
  /** A file of this device instead of a URL. */
  readonly file?: File;
}

const BUILT_IN_MAP: MapChoice = { key: BUILT_IN, url: "", attribution: "", isInverted: false };

/** The first is shown unless a viewer chooses another. */
export function mapChoices({ tilesUrl, tilesAttribution, baseMaps }: PageConfig): readonly MapChoice[] {
  const first = { key: "", url: tilesUrl, attribution: tilesAttribution, isInverted: true };
  const others = baseMaps.map(({ name, url, attribution }) => ({ key: name, url, attribution, isInverted: false }));
  return tilesUrl === "" ? [BUILT_IN_MAP, ...others] : [first, BUILT_IN_MAP, ...others];
}

/** The choice with a key; the first one if there is none. */
export function chosenMap(choices: readonly MapChoice[], key: string): MapChoice {
  return choices.find((choice) => choice.key === key) ?? (choices[0] as MapChoice);
}

export function isPmtiles({ url, file }: MapChoice): boolean {
  return file !== undefined || /\.pmtiles(\?|$)/.test(url);
}

/** Whether the layer covers the world, or the built-in map is needed around it. */
export interface MadeLayer {
  readonly layer: L.GridLayer;
  readonly isWorld: boolean;
}

/**
 * The layer of a choice that is not the built-in map.
 * @param failed called if no tile of the first view arrives: behind a firewall, the map must not remain empty.
 * @throws if a PMTiles file cannot be read.
 */
export async function layerOf(
  choice: MapChoice,
  theme: Theme,
  language: Language,
  failed: () => void,
): Promise<MadeLayer> {
  if (isPmtiles(choice)) return pmtilesLayer(choice, theme, language);
  const className = choice.isInverted ? "tile-server" : "";
  const layer = L.tileLayer(choice.url, { attribution: attributionHtml(choice.attribution), className });
  let loaded = 0;
  let errors = 0;
  layer.on("tileload", () => {
    loaded++;
  });
  layer.on("tileerror", () => {
    errors++;
    if (loaded === 0 && errors === ERRORS_THAT_MEAN_FAILURE) failed();
  });
  return { layer, isWorld: true };
}

async function pmtilesLayer({ url, file, attribution }: MapChoice, theme: Theme, lang: Language): Promise<MadeLayer> {
  const { FileSource, PMTiles, TileType, leafletRasterLayer } = await import("pmtiles");
  const tiles = new PMTiles(file === undefined ? url : new FileSource(file));
  const header = await orTimeout(tiles.getHeader());
  const isWorld = header.maxLon - header.minLon > 350 && header.maxLat - header.minLat > 160;
  const named = attribution || ((await orTimeout(tiles.getMetadata())) as { attribution?: unknown }).attribution;
  const options: L.GridLayerOptions & { attribution: string } = {
    attribution: attributionHtml(typeof named === "string" ? named : ""),
    className: "pmtiles",
    // Of a part of the world, the built-in map is around it.
    ...(isWorld
      ? {}
      : {
          bounds: [
            [header.minLat, header.minLon],
            [header.maxLat, header.maxLon],
          ],
        }),
  };
  // Both libraries use Leaflet as a global variable.
  Object.assign(window, { L });
  const [west, east] = [mercatorX(header.minLon), mercatorX(header.maxLon)];
  const [north, south] = [mercatorY(header.maxLat), mercatorY(header.minLat)];
  const covered = (layer: L.GridLayer) => {
    const isBelow = (x: number, y: number) => x > west && x < east && y > north && y < south;
    return layer.on("add", () => layer.once("remove", coverNames(isBelow)));
  };
  if (header.tileType !== TileType.Mvt) {
    const raster = leafletRasterLayer(tiles, { ...options, maxNativeZoom: header.maxZoom }) as L.GridLayer;
    return { layer: covered(raster), isWorld };
  }
  const { labelRules, leafletLayer, paintRules } = await import("protomaps-leaflet");
  const { namedFlavor } = await import("@protomaps/basemaps");
  const { sea, land, border, placeText, labelHalo } = PALETTES[theme];
  const flavor = {
    ...namedFlavor(theme),
    // Land and sea as on the built-in map, which may be around it.
    ...{ background: sea, earth: land, water: sea },
    // Large roads are visible from afar, and names are as those of the built-in map.
    ...{ highway: border, major: border, link: border, city_label: placeText, city_label_halo: labelHalo },
  };
  const vector = {
    ...options,
    url: tiles,
    paintRules: paintRules(flavor),
    labelRules: labelRules(flavor, lang),
    backgroundColor: sea,
    lang,
    maxDataZoom: header.maxZoom,
  } as LeafletLayerOptions;
  const layer = leafletLayer(vector);
  const made = layer as unknown as L.GridLayer;
  const labelers = layer.labelers as Labelers;
  made.on("add", () => {
    made.once(
      "remove",
      addTexts((view) => textsOf(labelers, view)),
    );
    made.once(
      "remove",
      addNames((zoom) => namesOf(labelers, zoom)),
    );
  });
  // Texts come with tiles.
  made.on("load", textsChanged);
  return { layer: covered(made), isWorld };
}

/** The texts of a vector map: the library keeps their boxes for each zoom, in pixels of the whole world. */
function* textsOf(labelers: Labelers, { scale, left, top, width, height }: MapView): Iterable<Box> {
  const index = labelers.getIndex(Math.round(Math.log2(scale / 256)));
  for (const { minX, minY, maxX, maxY } of index?.tree.search({
    minX: left,
    minY: top,
    maxX: left + width,
    maxY: top + height,
  }) ?? []) {
    yield { left: minX - left, top: minY - top, right: maxX - left, bottom: maxY - top };
  }
}

function* namesOf(labelers: Labelers, zoom: number): Iterable<Box> {
  for (const { minX, minY, maxX, maxY } of labelers.getIndex(zoom)?.tree.all() ?? []) {
    yield { left: minX, top: minY, right: maxX, bottom: maxY };
  }
}

function orTimeout<T>(promise: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the server of the map did not answer")), FILE_WAIT_MS);
  });
  return Promise.race([promise, late]);
}
