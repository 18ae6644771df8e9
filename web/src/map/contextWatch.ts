// Watches a canvas whose GPU the browser may take away: reports the loss if it lasts, and when the GPU is back.

const CONTEXT_RESTORE_MS = 3_000;

export class ContextWatch {
  /** Canvases with a lost context: without a reference the browser may collect one and never restore its context. */
  private readonly lostCanvases = new Set<HTMLCanvasElement>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param isDrawn whether a canvas is the one that is drawn on */
  constructor(
    private readonly isDrawn: (canvas: HTMLCanvasElement) => boolean,
    private readonly lost: () => void,
    private readonly restored: () => void,
  ) {}

  watch(canvas: HTMLCanvasElement): void {
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      if (!this.isDrawn(canvas)) return;
      this.lostCanvases.add(canvas);
      this.timer = setTimeout(this.lost, CONTEXT_RESTORE_MS);
    });
    canvas.addEventListener("webglcontextrestored", () => {
      clearTimeout(this.timer);
      this.lostCanvases.delete(canvas);
      this.restored();
    });
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
