// Inflates a frame's payload with the browser's own DecompressionStream, off this thread. The length in the header is
// checked while inflating, so that a small frame cannot fill the memory.
import { FrameError } from "./frameError";
import type { Frame } from "./frameHeader";

export async function inflatePayload({ header, payload }: Frame): Promise<Uint8Array<ArrayBuffer>> {
  if (!header.compressed) return payload;
  const inflated = new Uint8Array(header.inflatedBytes);
  let length = 0;
  const reader = new Blob([payload]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (length + part.value.length > inflated.length) {
        await reader.cancel();
        throw new FrameError("length", `the payload inflates to more than ${inflated.length} bytes`);
      }
      inflated.set(part.value, length);
      length += part.value.length;
    }
  } catch (error) {
    if (error instanceof FrameError) throw error;
    throw new FrameError("inflate", `the payload does not inflate: ${String(error)}`);
  }
  if (length !== inflated.length) {
    throw new FrameError("length", `the payload inflates to ${length} bytes, the header says ${inflated.length}`);
  }
  return inflated;
}
