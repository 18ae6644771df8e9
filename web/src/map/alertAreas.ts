// The areas of alert rules on the map: a dashed frame with the rule's name. Loaded when there is a rule for an area.
import L from "leaflet";

export interface AlertArea {
  readonly name: string;
  /** Degrees; west may be greater than east, over the 180th meridian. */
  readonly area: { readonly west: number; readonly south: number; readonly east: number; readonly north: number };
}

export class AlertAreas {
  private readonly frames = L.layerGroup();

  constructor(map: L.Map) {
    this.frames.addTo(map);
  }

  show(areas: readonly AlertArea[]): void {
    this.frames.clearLayers();
    for (const { name, area } of areas) {
      const east = area.east < area.west ? area.east + 360 : area.east;
      const frame = L.rectangle(
        [
          [area.south, area.west],
          [area.north, east],
        ],
        { className: "alert-area", interactive: false },
      );
      // As a text of its own: Leaflet takes a string for HTML.
      const label = document.createElement("span");
      label.textContent = name;
      frame.bindTooltip(label, { permanent: true, direction: "center", className: "alert-area-name" });
      this.frames.addLayer(frame);
    }
  }

  remove(): void {
    this.frames.remove();
  }
}
