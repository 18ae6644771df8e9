// The parts of the page that load after the first picture.
import { later } from "./later";

const table = later(() => import("./table/FlightTable").then(({ FlightTable }) => FlightTable), true);
const statistics = later(() => import("./StatisticsPanel").then(({ StatisticsPanel }) => StatisticsPanel), true);
const filters = later(() => import("./FilterPanel").then(({ FilterPanel }) => FilterPanel), true);
const airport = later(() => import("./airport/AirportPanel").then(({ AirportPanel }) => AirportPanel), true);
const alerts = later(() => import("./alerts/AlertsPanel").then(({ AlertsPanel }) => AlertsPanel), true);
const nearby = later(() => import("./nearby/NearbyPanel").then(({ NearbyPanel }) => NearbyPanel), true);
const alertNotice = later(() => import("./alerts/AlertNotice").then(({ AlertNotice }) => AlertNotice));
const filterChips = later(() => import("./FilterChips").then(({ FilterChips }) => FilterChips));
const legend = later(() => import("./Legend").then(({ Legend }) => Legend));
const mapOverlays = later(() => import("./MapOverlays").then(({ MapOverlays }) => MapOverlays));
const card = later(() => import("./card/DetailCard").then(({ DetailCard }) => DetailCard));
const timeline = later(() => import("./timeline/Timeline").then(({ Timeline }) => Timeline));
const pastBanner = later(() => import("./timeline/Timeline").then(({ PastBanner }) => PastBanner));
const search = later(() => import("./search/SearchDialog").then(({ SearchDialog }) => SearchDialog));
const mapOptions = later(() => import("@/map/MapOptionsPanel").then(({ MapOptionsPanel }) => MapOptionsPanel));
const hoverCard = later(() => import("@/map/HoverCard").then(({ HoverCard }) => HoverCard));
const headerMenu = later(() => import("./HeaderMenu").then(({ HeaderMenu }) => HeaderMenu));
const settings = later(() => import("./preferences/SettingsDialog").then(({ SettingsDialog }) => SettingsDialog));
const signIn = later(() => import("./signIn/SignInDialog").then(({ SignInDialog }) => SignInDialog));
const debugHandle = later(() => import("./DebugHandle").then(({ DebugHandle }) => DebugHandle));
const linkedFlight = later(() => import("./LinkedFlight").then(({ LinkedFlight }) => LinkedFlight));
const help = later(() => import("./HelpDialog").then(({ HelpDialog }) => HelpDialog));

export const TablePart = table.Part;
export const StatisticsPart = statistics.Part;
export const FilterPart = filters.Part;
export const AirportPart = airport.Part;
export const AlertsPart = alerts.Part;
export const NearbyPart = nearby.Part;
export const AlertNoticePart = alertNotice.Part;
export const FilterChipsPart = filterChips.Part;
export const LegendPart = legend.Part;
export const MapOverlaysPart = mapOverlays.Part;
export const CardPart = card.Part;
export const TimelinePart = timeline.Part;
export const PastBannerPart = pastBanner.Part;
export const SearchPart = search.Part;
export const MapOptionsPart = mapOptions.Part;
export const HoverCardPart = hoverCard.Part;
export const HeaderMenuPart = headerMenu.Part;
export const SettingsPart = settings.Part;
export const SignInPart = signIn.Part;
export const HelpPart = help.Part;
export const DebugHandlePart = debugHandle.Part;
export const LinkedFlightPart = linkedFlight.Part;

export function preloadParts(): void {
  // Loaded in advance: the gateway may be unavailable when the GPU fails.
  import("@/map/canvasRenderer").catch((error: unknown) =>
    console.warn("the canvas renderer did not load yet:", error),
  );
  for (const { preload } of [
    table,
    statistics,
    filters,
    filterChips,
    airport,
    alerts,
    nearby,
    alertNotice,
    card,
    timeline,
    search,
    mapOptions,
    hoverCard,
    headerMenu,
    settings,
    help,
  ])
    preload();
}
