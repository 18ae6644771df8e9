// Compares what the map draws with the reports of the gateway, flown on to the same moment.

const DEAD_RECKONING_S = 60;
/** An aircraft closer than this to the edge of the map may be drawn outside. */
const EDGE_PX = 20;

/**
 * Compare all aircraft that should be in view: `found` has the differences in pixels, `missing` the addresses of those that
 * are not drawn anywhere.
 */
export const differences = (page) =>
  page.evaluate(
    async ({ mostS, edgePx }) => {
      const { flights } = await (await fetch("/api/v1/flights?limit=5000")).json();
      const map = document.querySelector(".leaflet-container").getBoundingClientRect();
      const [latitude, longitude, zoom] = new URLSearchParams(location.search).get("at").split(",").map(Number);
      const radians = Math.PI / 180;
      const worldPx = 256 * 2 ** zoom;
      const mercatorY = (degrees) => 0.5 - Math.atanh(Math.sin(degrees * radians)) / (2 * Math.PI);
      const found = [];
      const missing = [];
      for (const flight of flights) {
        const nowMs = performance.timeOrigin + performance.now();
        const worldPerM = 1 / (40_075_016.686 * Math.cos(flight.latitude_deg * radians));
        const flownS = Math.min(mostS, Math.max(0, (nowMs - flight.position_time_ms) / 1_000));
        const speed = flight.track_deg === null ? 0 : (flight.ground_speed_mps ?? 0) * worldPerM;
        const x = flight.longitude_deg / 360 + 0.5 + speed * flownS * Math.sin((flight.track_deg ?? 0) * radians);
        const y = mercatorY(flight.latitude_deg) - speed * flownS * Math.cos((flight.track_deg ?? 0) * radians);
        const away = x - (longitude / 360 + 0.5);
        const fromMiddleX = (away - Math.round(away)) * worldPx;
        const fromMiddleY = (y - mercatorY(latitude)) * worldPx;
        if (Math.abs(fromMiddleX) > map.width / 2 - edgePx || Math.abs(fromMiddleY) > map.height / 2 - edgePx) continue;
        const drawn = window.__flights.rowsFor(flight.icao24);
        if (drawn === null) {
          missing.push(flight.icao24);
          continue;
        }
        const offX = x - (drawn.longitudeDeg / 360 + 0.5);
        found.push(Math.hypot(offX - Math.round(offX), y - mercatorY(drawn.latitudeDeg)) * worldPx);
      }
      return { found, missing };
    },
    { mostS: DEAD_RECKONING_S, edgePx: EDGE_PX },
  );

/** The value that a share of sorted numbers is at most. */
export const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
