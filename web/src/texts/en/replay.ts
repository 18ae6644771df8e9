// The replay.
export const replay = {
  label: "Replay",
  play: "Play",
  pause: "Pause",
  time: "Time",
  speed: "Speed",
  live: "Back to live",
  note: (span: string) => `Recorded by this page: the last ${span}, in steps of 15 s`,
  start: "Nothing to replay yet. Recording starts a few seconds after the first aircraft appear.",
  behind: (age: string) => `${age} ago`,
};
