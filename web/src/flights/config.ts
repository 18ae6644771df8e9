// The gateway's settings for the page, and the address that the page connects to. A page served by another web server or
// an older gateway uses the defaults.
import type { LatLon } from "./greatCircle";

export interface NamedUrl {
  readonly name: string;
  readonly url: string;
  /** Empty for overlays. */
  readonly attribution: string;
}

/** Templates of URLs with `{icao24}` or `{registration}`. */
export interface PhotoSource {
  readonly url: string;
  /** Of the page about the photo; empty for none. */
  readonly pageUrl: string;
  readonly attribution: string;
}

export interface PageConfig {
  readonly tracker: string;
  /** Empty: draw the built-in map. */
  readonly tilesUrl: string;
  readonly tilesAttribution: string;
  /** Further maps that viewers can choose. */
  readonly baseMaps: readonly NamedUrl[];
  /** GeoJSON and KML files over the map. */
  readonly overlays: readonly NamedUrl[];
  /** Latitude and longitude in degrees, zoom. */
  readonly defaultView: readonly [number, number, number];
  /** Where the tracker's receiver is; null if the tracker names none. */
  readonly receiver: (LatLon & { readonly name: string }) | null;
  /** Photos of aircraft; null if the tracker names no server of photos. */
  readonly photos: PhotoSource | null;
  readonly version: string;
  /** Whether the tracker keeps a history. True also of an older gateway, which answers that it has none. */
  readonly hasHistory: boolean;
}

export const DEFAULT_CONFIG: PageConfig = {
  tracker: "",
  tilesUrl: "",
  tilesAttribution: "",
  baseMaps: [],
  overlays: [],
  defaultView: [30, 5, 3],
  receiver: null,
  photos: null,
  version: "",
  hasHistory: true,
};

const WAIT_MS = 3_000;

/** Why the gateway denies access. */
export interface Denial {
  /** 401: no valid token; 403: a token without the required right. */
  readonly status: 401 | 403;
  readonly hadToken: boolean;
  /** The gateway's message, in English. */
  readonly detail: string;
}

/** The gateway's settings, or why it denies them; the defaults when it is unreachable. */
export async function loadConfig(gatewayUrl: string, token = ""): Promise<PageConfig | Denial> {
  try {
    const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(apiUrl(gatewayUrl, "config"), { headers, signal: AbortSignal.timeout(WAIT_MS) });
    const { status } = response;
    if (status === 401 || status === 403) {
      return { status, hadToken: token !== "", detail: detailOf(await response.json()) };
    }
    return response.ok ? parseConfig(await response.json()) : DEFAULT_CONFIG;
  } catch {
    return DEFAULT_CONFIG;
  }
}

function detailOf(answer: unknown): string {
  const detail = (answer as { readonly detail?: unknown } | null)?.detail;
  return typeof detail === "string" ? detail : "";
}

export function parseConfig(value: unknown): PageConfig {
  if (typeof value !== "object" || value === null) return DEFAULT_CONFIG;
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  const view = fields.default_view;
  const isView = Array.isArray(view) && view.length === 3 && view.every((number) => Number.isFinite(number));
  return {
    tracker: text("tracker"),
    tilesUrl: text("tiles_url"),
    tilesAttribution: text("tiles_attribution"),
    baseMaps: namedUrls(fields.base_maps),
    overlays: namedUrls(fields.overlays),
    defaultView: isView ? (view as [number, number, number]) : DEFAULT_CONFIG.defaultView,
    receiver: receiverOf(fields.receiver),
    photos: photosOf(fields.photos),
    version: text("version"),
    hasHistory: fields.has_history !== false,
  };
}

function receiverOf(value: unknown): PageConfig["receiver"] {
  const { latitude, longitude, name } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof latitude !== "number" || typeof longitude !== "number") return null;
  return { latitudeDeg: latitude, longitudeDeg: longitude, name: typeof name === "string" ? name : "" };
}

function photosOf(value: unknown): PhotoSource | null {
  const { url, page_url, attribution } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof url === "string"
    ? { url, pageUrl: String(page_url ?? ""), attribution: String(attribution ?? "") }
    : null;
}

function namedUrls(value: unknown): readonly NamedUrl[] {
  if (!Array.isArray(value)) return [];
  return value.map(({ name, url, attribution }) => ({
    name: String(name),
    url: String(url),
    attribution: String(attribution ?? ""),
  }));
}

/** The gateway's WebSocket: that beside this page, whatever its path, or the one that `?gateway=` names. */
export function gatewayUrl(location: { readonly href: string; readonly search: string }): string {
  const named = new URLSearchParams(location.search).get("gateway");
  if (named !== null && /^wss?:\/\//.test(named)) return named;
  return new URL("ws", location.href.replace(/^http/, "ws")).href.split(/[?#]/)[0] as string;
}

/** The URL of an endpoint of the API, which is beside the gateway's WebSocket. */
export function apiUrl(gatewayUrl: string, endpoint: string): URL {
  return new URL(`api/v1/${endpoint}`, gatewayUrl.replace(/^ws/, "http"));
}
