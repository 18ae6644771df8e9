// Whether WebGL2 really draws. Some drivers give a context, compile everything and show nothing; so one aircraft is drawn
// and its pixel is read back before anything relies on it: by the renderer that is then used, since compiling its programs
// is the longest part of starting the map where there is no GPU. The page continues meanwhile.
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, VISIBLE } from "@/flights/instance";
import { PALETTES } from "./palette";
import { type FlightRenderer, flightCanvas, type RendererKind } from "./renderer";
import { WebglRenderer } from "./webglRenderer";

const SIDE_PX = 64;

/** What draws the aircraft, and why it is a canvas; no reason is given where that was asked for. */
export interface Tested {
  readonly renderer: FlightRenderer;
  readonly reason: string;
}

/** The GPU where it draws, else a canvas: `why` tells why the GPU is not even tried. */
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
  // Before there is a context: giving it another size later would wait for all that the GPU has to do.
  canvas.width = canvas.height = SIDE_PX;
  const renderer = await WebglRenderer.on(canvas, one);
  renderer.statesChanged(Uint8Array.of(VISIBLE));
  const view = { scale: 256, left: 128 - SIDE_PX / 2, top: 128 - SIDE_PX / 2, width: SIDE_PX, height: SIDE_PX };
  const scene = { view, timeS: 0, blends: false, flownS: 0, palette: PALETTES.dark, iconPx: SIDE_PX };
  renderer.draw({ ...scene, pixelRatio: 1, pageScale: 1 });
  if (await renderer.hasDrawnInTheMiddle()) return renderer;
  renderer.dispose();
  throw new Error("WebGL2 draws nothing");
}
