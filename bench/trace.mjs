// Chromium's trace of its threads. It has wall times and the CPU time of each thread, which does not grow while other
// programs use the CPU.
const CATEGORIES = ["devtools.timeline", "blink.user_timing", "__metadata"];
/** Trace events that run a page's scripts; nested ones are counted once. */
const SCRIPTS = new Set(["EvaluateScript", "EventDispatch", "FireAnimationFrame", "FunctionCall", "TimerFire"]);

/** Start a recording in the browser of a page; returns a function that ends it and returns the events. */
export async function startTrace(page) {
  const session = await page.context().browser().newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const isComplete = new Promise((resolve) => session.on("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: CATEGORIES, excludedCategories: ["*"] },
  });
  return async () => {
    await session.send("Tracing.end");
    await isComplete;
    return events.toSorted((a, b) => a.ts - b.ts);
  };
}

/** CPU time between each mark `from` and the next mark `to` of the same thread, milliseconds. */
export function betweenMarks(events, from, to) {
  const begun = new Map();
  const found = [];
  for (const { name, cat, pid, tid, tts } of events) {
    if (cat !== "blink.user_timing") continue;
    const thread = `${pid} ${tid}`;
    if (name === from) begun.set(thread, tts);
    else if (name === to && begun.has(thread)) {
      found.push((tts - begun.get(thread)) / 1000);
      begun.delete(thread);
    }
  }
  return found;
}

/** CPU time of the page's own scripts for each animation frame, milliseconds. */
export function scriptOfFrames(events) {
  const first = events.find(({ name }) => name === "FireAnimationFrame");
  if (first === undefined) return [];
  const frames = [];
  let endOfLast = 0;
  for (const { name, pid, tid, ts, dur = 0, tdur = 0 } of events) {
    if (pid !== first.pid || tid !== first.tid || !SCRIPTS.has(name) || ts < first.ts) continue;
    if (name === "FireAnimationFrame") frames.push(0);
    if (ts < endOfLast) continue;
    endOfLast = ts + dur;
    frames[frames.length - 1] += tdur / 1000;
  }
  return frames.slice(0, -1);
}
