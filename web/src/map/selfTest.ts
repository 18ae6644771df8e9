// Whether WebGL2 really draws. Some drivers give a context, compile everything and show nothing; so one aircraft is drawn
// and its pixel is read back before anything relies on it: by the renderer that is then used, since compiling its programs
// is the longest part of starting the map where there is no GPU.
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, VISIBLE } from "@/flights/instance";
import { PALETTES } from "./palette";
import { WebglRenderer } from "./webglRenderer";

const SIDE_PX = 64;

/**
 * A renderer that has drawn.
 *
 * @throws Error that says why WebGL2 does not draw; the canvas can then not be used for anything else.
 */
export function testedRenderer(canvas: HTMLCanvasElement, rows: FlightRows): WebglRenderer {
  const one = new FlightRows();
  one.reserve(1);
  one.instances[INSTANCE.xHigh] = 0.5;
  one.instances[INSTANCE.yHigh] = 0.5;
  const renderer = new WebglRenderer(canvas, one);
  renderer.statesChanged(Uint8Array.of(VISIBLE));
  const view = { scale: 256, left: 128 - SIDE_PX / 2, top: 128 - SIDE_PX / 2, width: SIDE_PX, height: SIDE_PX };
  const scene = { view, timeS: 0, blends: false, flownS: 0, palette: PALETTES.dark, iconPx: SIDE_PX };
  renderer.draw({ ...scene, pixelRatio: 1, pageScale: 1 });
  if (!renderer.hasDrawnInTheMiddle()) {
    renderer.dispose();
    throw new Error("WebGL2 draws nothing");
  }
  renderer.show(rows);
  return renderer;
}
