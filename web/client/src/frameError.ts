// Why a frame was rejected. `version` is shown to the person (the page is too old); everything else causes a resync.

export type FrameErrorReason =
  | "magic"
  | "version"
  | "kind"
  | "flags"
  | "truncated"
  | "trailing"
  | "length"
  | "inflate"
  | "count"
  | "slot"
  | "free_slot"
  | "status"
  | "column"
  | "name"
  | "form"
  | "rate"
  | "tile";

export class FrameError extends Error {
  constructor(
    readonly reason: FrameErrorReason,
    message: string,
  ) {
    super(message);
    this.name = "FrameError";
  }
}
