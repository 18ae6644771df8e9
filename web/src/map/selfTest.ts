// Whether WebGL2 really draws. Some drivers give a context, compile everything and show nothing; so one aircraft is drawn
// with the real renderer and its pixel is read back before anything relies on it.
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, VISIBLE } from "@/flights/instance";
import { PALETTES } from "./palette";
import { WebglRenderer } from "./webglRenderer";

const SIDE_PX = 64;

/** Null when WebGL2 draws, else why it does not. */
export function whyWebglFails(): string | null {
  const rows = new FlightRows();
  rows.reserve(1);
  rows.instances[INSTANCE.xHigh] = 0.5;
  rows.instances[INSTANCE.yHigh] = 0.5;
  try {
    const renderer = new WebglRenderer(document.createElement("canvas"), rows);
    renderer.statesChanged(Uint8Array.of(VISIBLE));
    const view = { scale: 256, left: 128 - SIDE_PX / 2, top: 128 - SIDE_PX / 2, width: SIDE_PX, height: SIDE_PX };
    renderer.draw({ view, timeS: 0, blends: false, flownS: 0, palette: PALETTES.dark, iconPx: SIDE_PX, pixelRatio: 1 });
    const hasDrawn = renderer.hasDrawnInTheMiddle();
    renderer.dispose();
    return hasDrawn ? null : "WebGL2 draws nothing";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
