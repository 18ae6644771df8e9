// The texts of the map below the aircraft: names of countries and cities, codes of airports, labels of lines and rings. Each layer
// that writes texts says where they are, and later ones keep clear of earlier ones where they can: codes of names, labels of lines
// and rings of both, labels of aircraft of all.
import type { Box } from "./labelChoice";
import type { MapView } from "./view";

/** Where a text is, and what it says if another layer may have the same to say. */
export interface MapText extends Box {
  readonly words?: string;
}
/** The texts that a layer shows now, pixels from the map's corner. */
type Texts = (view: MapView) => Iterable<MapText>;

const LABEL_ELEMENTS = ".map-label, .graticule-label span, .route-end, .alert-area-name";
const sources = new Set<Texts>();
/** The names that a base map has at a zoom, pixels of the whole world. */
type Names = (zoom: number) => Iterable<Box>;
const nameSources = new Set<Names>();
const listeners = new Set<() => void>();
let isTold = false;

/** Returns a function that removes the source. */
export function addTexts(texts: Texts): () => void {
  sources.add(texts);
  return () => sources.delete(texts);
}

/** Whether something covers the names of the built-in map at a place, by Mercator fractions. */
type Cover = (x: number, y: number) => boolean;
const covers = new Set<Cover>();

/** Another map lies over the built-in one; returns a function that removes it. */
export function coverNames(cover: Cover): () => void {
  covers.add(cover);
  textsChanged();
  return () => {
    covers.delete(cover);
    textsChanged();
  };
}

export function isCovered(x: number, y: number): boolean {
  return [...covers].some((cover) => cover(x, y));
}

/** Returns a function that removes the source. */
export function addNames(names: Names): () => void {
  nameSources.add(names);
  return () => nameSources.delete(names);
}

/** The names of the base map at a zoom, pixels of the whole world. */
export function namesOfZoom(zoom: number): Box[] {
  return [...nameSources].flatMap((names) => [...names(zoom)]);
}

/** Call a function soon after texts have changed; returns a function that ends it. */
export function onTexts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Texts have come or gone. Listeners hear of all changes of a moment once. */
export function textsChanged(): void {
  if (isTold) return;
  isTold = true;
  setTimeout(() => {
    isTold = false;
    for (const listener of listeners) listener();
  });
}

/** The texts in view that layers draw. */
export function drawnTextsIn(view: MapView): MapText[] {
  const boxes: MapText[] = [];
  for (const texts of sources) {
    for (const box of texts(view)) {
      if (box.right > 0 && box.left < view.width && box.bottom > 0 && box.top < view.height) boxes.push(box);
    }
  }
  return boxes;
}

/** All texts in view, also those of elements in the map's container. */
export function textsIn(view: MapView, container: Element): Box[] {
  const boxes: Box[] = drawnTextsIn(view);
  const corner = container.getBoundingClientRect();
  for (const label of container.querySelectorAll(LABEL_ELEMENTS)) {
    const { left, top, right, bottom } = label.getBoundingClientRect();
    boxes.push({
      left: left - corner.left,
      top: top - corner.top,
      right: right - corner.left,
      bottom: bottom - corner.top,
    });
  }
  return boxes;
}
