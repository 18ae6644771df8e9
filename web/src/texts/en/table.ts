// The table of aircraft.

export const table = {
  label: "Aircraft",
  held: "Order held",
  heldHint: "Rows stay where they are while you point at them or move among them by keyboard.",
  saveCsv: "Save as CSV",
  chooseColumns: "Columns",
  resetColumns: "Show all columns, evenly",
  resizeHint: "Drag the edge of a heading to resize it, or press Shift with ← or → on the heading.",
  sortBy: (column: string) => `Sort by ${column}`,
  none: "No aircraft to show.",
  columns: {
    callsign: "Callsign",
    aircraftType: "Type",
    altitude: "Altitude",
    speed: "Speed",
    route: "Route",
    status: "Status",
    originCountry: "Country",
    registration: "Registration",
    icao24: "Address",
    track: "Track",
    verticalRate: "Vertical rate",
    operator: "Operator",
  },
};
