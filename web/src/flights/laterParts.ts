// What the worker loads when the first picture is drawn: names, silhouettes of types, filters, the order of the table, the trails of all aircraft, and the
// reports of aircraft that come exactly.
export { exactReports } from "@flighttracker/client";
export { joinedTrail } from "./joinedTrail";
export { loadNames, NameRequests } from "./names";
export { rowTest } from "./rowTest";
export { silhouetteOf } from "./silhouetteOfType";
export { sortedRows } from "./sortOrder";
export { trailPoints } from "./trailPoints";
