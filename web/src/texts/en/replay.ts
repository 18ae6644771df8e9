// The replay.
export const replay = {
  label: "Replay",
  play: "Play",
  pause: "Pause",
  time: "Time",
  speed: "Speed",
  live: "Back to live",
  note: (span: string) => `What this page has seen: the last ${span}, in steps of 15 s`,
  start: "Not enough was seen yet: the replay begins a few seconds after the first picture.",
  behind: (age: string) => `${age} ago`,
};
