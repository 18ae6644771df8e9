// The table of aircraft.

export const table = {
  label: "Aircraft",
  held: "Sort paused",
  heldHint: "Rows keep their order while you point at them or move through them with the keyboard.",
  saveCsv: "Save as CSV",
  chooseColumns: "Columns",
  resetColumns: "Reset columns",
  resizeHint: "To resize a column, drag the edge of its heading, or focus the heading and press Shift + ← or →.",
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
    category: "Category",
    addressType: "Position by",
    operator: "Operator",
  },
};
