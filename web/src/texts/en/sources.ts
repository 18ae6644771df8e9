// The sources of positions.
export const sources = {
  title: "Sources",
  since: (state: string, age: string) => `${state} (${age})`,
  pausedFor: (time: string) => `paused at the server's request, ${time} left`,
  states: {
    starting: "no answer yet",
    fresh: "live",
    late: "no answer",
    stopped: "stopped: its answers no longer change",
    refused: "rejects the account",
    rate_limited: "paused at the server's request",
    unreachable: "unreachable",
    failing: "no usable answers",
    unknown: "no report",
  },
};
