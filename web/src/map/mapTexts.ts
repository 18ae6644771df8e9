// The texts of the map below the aircraft: names of countries and cities, codes of airports, labels of lines and rings. Labels of
// aircraft keep clear of them where they can. Each layer that writes texts says where they are.
import type { Box } from "./labelChoice";
import type { MapView } from "./view";

/** The texts that a layer shows now, pixels from the map's corner. */
type Texts = (view: MapView) => Iterable<Box>;

const LABEL_ELEMENTS = ".map-label, .graticule-label span, .route-end, .alert-area-name";
const sources = new Set<Texts>();

/** Returns a function that removes the source. */
export function addTexts(texts: Texts): () => void {
  sources.add(texts);
  return () => sources.delete(texts);
}

/** All texts in view, also those of elements in the map's container. */
export function textsIn(view: MapView, container: Element): Box[] {
  const boxes: Box[] = [];
  for (const texts of sources) {
    for (const box of texts(view)) {
      if (box.right > 0 && box.left < view.width && box.bottom > 0 && box.top < view.height) boxes.push(box);
    }
  }
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
