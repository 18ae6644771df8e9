// The timeline and the past. Loaded with the timeline, not with the page: texts/timelineTexts.ts.
export const timeline = {
  label: "Timeline",
  slider: "Moment",
  live: "Live",
  backToLive: "Back to live",
  past: "Past",
  lookingAt: "You are looking at the past",
  play: "Play",
  pause: "Pause",
  speed: "Speed",
  zoomIn: "Show less time",
  zoomOut: "Show more time",
  jump: "Go to a time",
  when: "Date and time",
  utc: "UTC instead of local time",
  go: "Go",
  tenMinutesAgo: "10 minutes ago",
  anHourAgo: "1 hour ago",
  yesterday: "This time yesterday",
  lastNight: "Last night, 22:00",
  loading: "Loading …",
  gap: (from: string, to: string) => `Nothing was recorded from ${from} to ${to}`,
  failed: (detail: string) => `This moment did not load; trying again. ${detail}`,
  aircraft: (count: string) => `${count} aircraft`,
};

export type TimelineTexts = typeof timeline;
