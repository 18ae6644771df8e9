// The 40 bytes before each payload of frame.md, and how a message is cut into frames. Pure; the worker and the decoder
// call it. An invalid frame throws FrameError, and the rest of its message is dropped.
import { FrameError } from "./frameError.ts";

export const HEADER_BYTES = 40;
/** Version 1 has no kinds. */
export const FRAME_VERSION = 2;
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;
const COMPRESSED = 1;
const SUPPRESSED = 2;

export interface FrameHeader {
  readonly kind: "key" | "delta";
  readonly compressed: boolean;
  /** Additions have a category and an address type. */
  readonly kinds: boolean;
  /** The owner leaves out updates that follow dead reckoning. */
  readonly suppressed: boolean;
  readonly shard: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly payloadBytes: number;
  /** The moment that the frame describes, milliseconds since 1970. */
  readonly tickMs: number;
  readonly inflatedBytes: number;
  readonly tickIntervalMs: number;
}

export interface Frame {
  readonly header: FrameHeader;
  /** As received: still compressed when the header says so. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

export function readHeader(bytes: Uint8Array<ArrayBuffer>, at = 0): FrameHeader {
  if (bytes.length - at < HEADER_BYTES) {
    throw new FrameError("truncated", `a header has ${HEADER_BYTES} bytes, but there are ${bytes.length - at}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  if (view.getUint8(0) !== 0x46 || view.getUint8(1) !== 0x4c || view.getUint8(2) !== 0x54) {
    throw new FrameError("magic", "the bytes do not begin with FLT");
  }
  const version = view.getUint8(3);
  if (version !== 1 && version !== FRAME_VERSION) {
    throw new FrameError(
      "version",
      `frame version ${version} is unsupported, this page reads up to version ${FRAME_VERSION}`,
    );
  }
  const kind = view.getUint8(4);
  if (kind !== 1 && kind !== 2) throw new FrameError("kind", `frame kind ${kind} is neither key nor delta`);
  const flags = view.getUint8(5);
  if ((flags & ~(COMPRESSED | SUPPRESSED)) !== 0) throw new FrameError("flags", `frame flags ${flags} are unknown`);
  const header: FrameHeader = {
    kind: kind === 1 ? "key" : "delta",
    compressed: (flags & COMPRESSED) !== 0,
    kinds: version >= 2,
    suppressed: (flags & SUPPRESSED) !== 0,
    shard: view.getUint16(6, true),
    epoch: readSafeInteger(view, 8),
    sequence: view.getUint32(16, true),
    payloadBytes: view.getUint32(20, true),
    tickMs: readSafeInteger(view, 24),
    inflatedBytes: view.getUint32(32, true),
    tickIntervalMs: view.getUint32(36, true),
  };
  if (header.inflatedBytes > MAX_INFLATED_BYTES) {
    throw new FrameError("length", `a payload of ${header.inflatedBytes} bytes is larger than ${MAX_INFLATED_BYTES}`);
  }
  if (!header.compressed && header.payloadBytes !== header.inflatedBytes) {
    throw new FrameError("length", "an uncompressed payload has two different lengths");
  }
  return header;
}

/** The frames that stand one after the other in a message. */
export function splitFrames(message: Uint8Array<ArrayBuffer>): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < message.length; ) {
    const header = readHeader(message, at);
    const end = at + HEADER_BYTES + header.payloadBytes;
    if (end > message.length) {
      throw new FrameError("truncated", `the last frame ends at byte ${end}, the message at ${message.length}`);
    }
    frames.push({ header, payload: message.subarray(at + HEADER_BYTES, end) });
    at = end;
  }
  return frames;
}

function readSafeInteger(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new FrameError("length", `byte ${at} has a number of 2^53 or more`);
  return value;
}
