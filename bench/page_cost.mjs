// The cost of a running page: the busy share of its main thread, and the CPU time of its whole renderer process, workers
// included.
const metric = (metrics, name) => metrics.find((one) => one.name === name).value;

async function look(devtools, system, pid) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const renderer = processInfo.filter(({ type, id }) => type === "renderer" && (pid === null || id === pid));
  return {
    atS: performance.now() / 1000,
    taskS: metric(metrics, "TaskDuration"),
    scriptS: metric(metrics, "ScriptDuration"),
    rendererS: Math.max(...renderer.map(({ cpuTime }) => cpuTime)),
  };
}

/** Shares of one core over `seconds`: the main thread's tasks, their scripts, and the renderer process. */
export async function costOf(page, seconds) {
  const devtools = await page.context().newCDPSession(page);
  const system = await page.context().browser().newBrowserCDPSession();
  await devtools.send("Performance.enable");
  const before = await look(devtools, system, null);
  await page.waitForTimeout(seconds * 1_000);
  const after = await look(devtools, system, null);
  const passedS = after.atS - before.atS;
  return {
    main_thread_share: (after.taskS - before.taskS) / passedS,
    script_share: (after.scriptS - before.scriptS) / passedS,
    renderer_cpu_share: (after.rendererS - before.rendererS) / passedS,
  };
}
