// What a person draws on the map.
export const tools = {
  names: { measure: "Measure a distance", polygon: "Draw a polygon", circle: "Draw a circle" },
  hints: {
    measure: "Click two places or more.",
    polygon: "Click the corners, at least three.",
    circle: "Click the centre, then the edge.",
  },
  middle: "Point in the middle",
  undo: "Undo",
  finish: "Finish",
  cancel: "Cancel",
  close: "Close",
};
