// The areas of alert rules on the map: a dashed edge with the rule's name. Loaded when there is a rule for an area.
import L from "leaflet";
import type { Area } from "@/panels/alerts/area";
import { circleCorners } from "./sketchLayer";

export interface AlertArea {
  readonly name: string;
  readonly area: Area;
}

export class AlertAreas {
  private readonly frames = L.layerGroup();

  constructor(map: L.Map) {
    this.frames.addTo(map);
  }

  show(areas: readonly AlertArea[]): void {
    this.frames.clearLayers();
    for (const { name, area } of areas) {
      const frame = L.polygon(cornersOf(area), { className: "alert-area", interactive: false });
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

function cornersOf(area: Area): L.LatLngTuple[] {
  if ("centre" in area) return circleCorners(area.centre, area.radiusM);
  if ("corners" in area) return area.corners.map(({ latitudeDeg, longitudeDeg }) => [latitudeDeg, longitudeDeg]);
  const east = area.east < area.west ? area.east + 360 : area.east;
  return [
    [area.south, area.west],
    [area.north, area.west],
    [area.north, east],
    [area.south, east],
  ];
}
