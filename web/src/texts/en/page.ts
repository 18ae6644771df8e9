// The words of the whole page, its header and its side panel.
import type { Status } from "@flighttracker/client";
import type { Count } from "../count";

const aircraft = ({ text }: Count) => `${text} aircraft`;

export const general = {
  title: "Flight tracker",
  unknown: "–",
  close: "Close",
  aircraft,
  aircraftOf: (shown: Count, total: Count) => `${shown.text} of ${total.text} aircraft`,
  statuses: {
    unknown: "Unknown",
    scheduled: "Scheduled",
    taxiing: "Taxiing",
    climbing: "Climbing",
    cruising: "Cruising",
    descending: "Descending",
    landed: "Landed",
    emergency: "Emergency",
  } satisfies Record<Status, string> as Record<Status, string>,
  onGround: "On ground",
  airborne: "Airborne",
};

export const header = {
  search: "Search",
  searchHint: "Flight, airport, airline, type, place …",
  view: "View",
  map: "Map",
  split: "Split",
  table: "Table",
  lightTheme: "Use the light theme",
  darkTheme: "Use the dark theme",
  past: "Past",
  share: "Copy a link to this view",
  settings: "Settings",
  more: "More",
  help: "Keyboard shortcuts",
};

export const panel = {
  label: "Aircraft, statistics, filters and alerts",
  tabs: "Panel",
  flights: "Aircraft",
  airport: "Airport",
  statistics: "Statistics",
  filters: "Filters",
  alerts: "Alerts",
  nearby: "Nearby",
  unread: (count: string) => `${count} new`,
  waiting: "Waiting for the first aircraft …",
  notLoaded: "This part of the page failed to load.",
  tryAgain: "Try again",
  showMap: "Show the map",
  showMore: "Expand the panel",
};
