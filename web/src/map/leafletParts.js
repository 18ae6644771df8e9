// The parts of Leaflet that the page uses, under its name: next.config.ts puts this file in the place of the package's bundle,
// which has everything (layer switcher, scale, images, videos, default icons) and cannot be divided.

import { Attribution, attribution } from "leaflet/src/control/Control.Attribution.js";
import { Control, control } from "leaflet/src/control/Control.js";
import { Zoom, zoom } from "leaflet/src/control/Control.Zoom.js";
import * as DomEvent from "leaflet/src/dom/DomEvent.js";
import * as DomUtil from "leaflet/src/dom/DomUtil.js";
import { toLatLng as latLng } from "leaflet/src/geo/LatLng.js";
import { toLatLngBounds as latLngBounds } from "leaflet/src/geo/LatLngBounds.js";
import { toPoint as point } from "leaflet/src/geometry/Point.js";
import { GeoJSON, geoJSON } from "leaflet/src/layer/GeoJSON.js";
import { layerGroup } from "leaflet/src/layer/LayerGroup.js";
import { DivIcon, divIcon } from "leaflet/src/layer/marker/DivIcon.js";
import { marker } from "leaflet/src/layer/marker/Marker.js";
import { Popup, popup } from "leaflet/src/layer/Popup.js";
import { Tooltip, tooltip } from "leaflet/src/layer/Tooltip.js";
import { GridLayer } from "leaflet/src/layer/tile/GridLayer.js";
import { TileLayer, tileLayer } from "leaflet/src/layer/tile/TileLayer.js";
import { Canvas, canvas } from "leaflet/src/layer/vector/Canvas.js";
import { circleMarker } from "leaflet/src/layer/vector/CircleMarker.js";
import { Polygon, polygon } from "leaflet/src/layer/vector/Polygon.js";
import { Polyline, polyline } from "leaflet/src/layer/vector/Polyline.js";
import { create, pointsToPath, SVG, svg } from "leaflet/src/layer/vector/SVG.js";
import "leaflet/src/layer/vector/Renderer.getRenderer.js";
import { BoxZoom } from "leaflet/src/map/handler/Map.BoxZoom.js";
import { DoubleClickZoom } from "leaflet/src/map/handler/Map.DoubleClickZoom.js";
import { Drag } from "leaflet/src/map/handler/Map.Drag.js";
import { Keyboard } from "leaflet/src/map/handler/Map.Keyboard.js";
import { ScrollWheelZoom } from "leaflet/src/map/handler/Map.ScrollWheelZoom.js";
import { TapHold } from "leaflet/src/map/handler/Map.TapHold.js";
import { TouchZoom } from "leaflet/src/map/handler/Map.TouchZoom.js";
import { Map as LeafletMap, createMap as map } from "leaflet/src/map/Map.js";

// As in the package's index files.
Object.assign(Control, { Attribution, Zoom });
Object.assign(control, { attribution, zoom });
Object.assign(SVG, { create, pointsToPath });
Object.assign(LeafletMap, { BoxZoom, DoubleClickZoom, Drag, Keyboard, ScrollWheelZoom, TapHold, TouchZoom });

const L = {
  Canvas,
  Control,
  DivIcon,
  DomEvent,
  DomUtil,
  GeoJSON,
  GridLayer,
  Map: LeafletMap,
  Polygon,
  Polyline,
  Popup,
  SVG,
  TileLayer,
  Tooltip,
  canvas,
  circleMarker,
  control,
  divIcon,
  geoJSON,
  latLng,
  latLngBounds,
  layerGroup,
  map,
  marker,
  point,
  polygon,
  polyline,
  popup,
  svg,
  tileLayer,
  tooltip,
};

// protomaps-leaflet reads this name, as the package's bundle leaves it.
if (typeof window !== "undefined") window.L = L;

export default L;
