// Requests frames of the past and hands over each moment as soon as its frame is complete, so that the first is shown
// before the last has arrived.
//
// `/api/v1/history/frames?from=&to=&step_s=&bbox=` answers key frames of frame.md back to back, one for each step.
import { type Frame, FrameError, readHeader } from "@flighttracker/client";
import { apiUrl } from "../config";
import { type Area, bboxOf } from "./area";
import type { Access, LoadFailure } from "./pastMessages";

const WAIT_MS = 30_000;
const HEADER_BYTES = 40;

export interface Steps {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly stepMs: number;
  /** Null for the whole world. */
  readonly area: Area | null;
}

export class LoadError extends Error {
  constructor(readonly failure: LoadFailure) {
    super(`the history answered ${failure.status}: ${failure.detail}`);
  }
}

/** Call `onFrame` with each frame, in the order of time. Throws a LoadError, a FrameError, or what `fetch` throws. */
export async function loadFrames(
  access: Access,
  { fromMs, toMs, stepMs, area }: Steps,
  signal: AbortSignal,
  onFrame: (frame: Frame) => Promise<void>,
): Promise<void> {
  const url = apiUrl(access.url, "history/frames");
  url.searchParams.set("from", String(fromMs));
  // Both are included there.
  url.searchParams.set("to", String(toMs - stepMs));
  url.searchParams.set("step_s", String(stepMs / 1000));
  if (area !== null) url.searchParams.set("bbox", bboxOf(area));
  const headers: HeadersInit = access.token === "" ? {} : { Authorization: `Bearer ${access.token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) });
  if (!response.ok || response.body === null) throw new LoadError(await failureOf(response));
  await readFrames(response.body, onFrame);
}

/** Cut a stream of bytes into frames. */
export async function readFrames(
  stream: ReadableStream<Uint8Array>,
  onFrame: (frame: Frame) => Promise<void>,
): Promise<void> {
  const reader = stream.getReader();
  let waiting = new Uint8Array(0);
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    waiting = joined(waiting, part.value);
    for (let frame = firstFrame(waiting); frame !== null; frame = firstFrame(waiting)) {
      await onFrame(frame);
      waiting = waiting.subarray(HEADER_BYTES + frame.header.payloadBytes);
    }
  }
  if (waiting.length > 0) throw new FrameError("truncated", `${waiting.length} bytes of a frame are missing their end`);
}

function firstFrame(bytes: Uint8Array<ArrayBuffer>): Frame | null {
  if (bytes.length < HEADER_BYTES) return null;
  const header = readHeader(bytes);
  const end = HEADER_BYTES + header.payloadBytes;
  // A copy: the moment keeps the payload, and would keep the whole answer with it.
  return bytes.length < end ? null : { header, payload: bytes.slice(HEADER_BYTES, end) };
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function failureOf(response: Response): Promise<LoadFailure> {
  const answer: unknown = await response.json().catch(() => null);
  const detail = (answer as { readonly detail?: unknown } | null)?.detail;
  return { status: response.status, detail: typeof detail === "string" ? detail : response.statusText };
}
