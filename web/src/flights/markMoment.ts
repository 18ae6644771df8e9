// Moments that a browser's performance recording shows by name, with the processor time that the thread had used until then.

/** Mark a moment and return it, milliseconds on the clock of `performance.now()`. The page keeps nothing of it. */
export function markMoment(name: string): number {
  const { startTime } = performance.mark(name);
  performance.clearMarks(name);
  return startTime;
}
