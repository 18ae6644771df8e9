// Tests whether WebGL2 really draws. Some drivers create a context, compile everything and show nothing. The test draws one
// aircraft and reads its pixel back. It uses the renderer that the map uses afterwards: without a GPU, compiling its
// programs is the longest part of starting the map. The page continues meanwhile.
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, VISIBLE } from "@/flights/instance";
import { PALETTES } from "./palette";
import { type FlightRenderer, flightCanvas, type RendererKind } from "./renderer";
import { WebglRenderer } from "./webglRenderer";

const SIDE_PX = 64;

/** The renderer, and why it is a canvas; without a reason if the address asks for it. */
export interface Tested {
  readonly renderer: FlightRenderer;
  readonly reason: string;
}

/** The GPU renderer if it draws, otherwise a canvas; `why` is the reason not to try the GPU. */
export async function testedRenderer(wanted: RendererKind, why = ""): Promise<Tested> {
  let reason = why;
  if (wanted === "webgl2") {
    try {
      return { renderer: await drawnOnce(), reason };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  // Most browsers never need it.
  const { CanvasRenderer } = await import("./canvasRenderer");
  return { renderer: new CanvasRenderer(flightCanvas(), new FlightRows()), reason };
}

async function drawnOnce(): Promise<WebglRenderer> {
  const one = new FlightRows();
  one.reserve(1);
  one.instances[INSTANCE.xHigh] = 0.5;
  one.instances[INSTANCE.yHigh] = 0.5;
  const canvas = flightCanvas();
  // Before the context is created: a later resize would wait for all pending GPU work.
  canvas.width = canvas.height = SIDE_PX;
  const renderer = await WebglRenderer.on(canvas, one);
  renderer.statesChanged(Uint8Array.of(VISIBLE));
  const view = { scale: 256, left: 128 - SIDE_PX / 2, top: 128 - SIDE_PX / 2, width: SIDE_PX, height: SIDE_PX };
  const still = { timeS: 0, blends: false, flownS: 0, classColours: [], topRow: -1 };
  const scene = { ...still, view, palette: PALETTES.dark, iconPx: SIDE_PX };
  renderer.draw({ ...scene, pixelRatio: 1, pageScale: 1 });
  if (await renderer.hasDrawnInTheMiddle()) return renderer;
  renderer.dispose();
  throw new Error("WebGL2 draws nothing");
}
