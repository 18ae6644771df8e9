// Inflates a frame's payload with the browser's own DecompressionStream. The length in the header is checked while
// inflating, so that a small frame cannot fill the memory. The payload is written to the stream directly: by way of a
// Blob, which lives in another process, the key frames of a join take twice as long.
import { FrameError } from "./frameError.ts";
import type { Frame } from "./frameHeader.ts";

export async function inflatePayload({ header, payload }: Frame): Promise<Uint8Array<ArrayBuffer>> {
  if (!header.compressed) return payload;
  const stream = new DecompressionStream("deflate-raw");
  const inflated = new Uint8Array(header.inflatedBytes);
  try {
    // Both ends at once: each waits for the other, and an error is reported at both.
    await Promise.all([write(stream.writable, payload), fill(inflated, stream.readable)]);
  } catch (error) {
    if (error instanceof FrameError) throw error;
    throw new FrameError("inflate", `the payload cannot be inflated: ${String(error)}`);
  }
  return inflated;
}

async function write(stream: WritableStream<BufferSource>, payload: Uint8Array<ArrayBuffer>): Promise<void> {
  const writer = stream.getWriter();
  await writer.write(payload);
  await writer.close();
}

async function fill(inflated: Uint8Array, stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (length + part.value.length > inflated.length) {
      const error = new FrameError("length", `the payload inflates to more than ${inflated.length} bytes`);
      await reader.cancel(error);
      throw error;
    }
    inflated.set(part.value, length);
    length += part.value.length;
  }
  if (length !== inflated.length) {
    throw new FrameError("length", `the payload inflates to ${length} bytes, the header says ${inflated.length}`);
  }
}
