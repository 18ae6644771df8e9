// Whether WebGL2 really draws. Some drivers give a context, compile everything and show nothing; so one aircraft is drawn
// and its pixel is read back before anything relies on it: by the renderer that is then used, since compiling its programs
// is the longest part of starting the map where there is no GPU. The page goes on meanwhile.
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, VISIBLE } from "@/flights/instance";
import { PALETTES } from "./palette";
import { flightCanvas, type RendererKind } from "./renderer";
import { WebglRenderer } from "./webglRenderer";

const SIDE_PX = 64;

/** A renderer that has drawn, or none and why; no reason is given where none was wanted. */
export interface Tested {
  readonly webgl: WebglRenderer | null;
  readonly reason: string;
}

/** Never rejects. */
export async function testedRenderer(wanted: RendererKind): Promise<Tested> {
  if (wanted === "canvas") return { webgl: null, reason: "" };
  try {
    return { webgl: await drawnOnce(), reason: "" };
  } catch (error) {
    return { webgl: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function drawnOnce(): Promise<WebglRenderer> {
  const one = new FlightRows();
  one.reserve(1);
  one.instances[INSTANCE.xHigh] = 0.5;
  one.instances[INSTANCE.yHigh] = 0.5;
  const renderer = await WebglRenderer.on(flightCanvas(), one);
  renderer.statesChanged(Uint8Array.of(VISIBLE));
  const view = { scale: 256, left: 128 - SIDE_PX / 2, top: 128 - SIDE_PX / 2, width: SIDE_PX, height: SIDE_PX };
  const scene = { view, timeS: 0, blends: false, flownS: 0, palette: PALETTES.dark, iconPx: SIDE_PX };
  renderer.draw({ ...scene, pixelRatio: 1, pageScale: 1 });
  if (await renderer.hasDrawnInTheMiddle()) return renderer;
  renderer.dispose();
  throw new Error("WebGL2 draws nothing");
}
