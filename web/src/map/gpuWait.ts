// Waits for the GPU without blocking the page.

const LOOK_MS = 4;
const PATIENCE_MS = 10_000;

/** @throws Error if the condition does not hold within ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error("the GPU does not answer");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
