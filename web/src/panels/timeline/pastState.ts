// What the panels know of the past. Small: it is part of the page's first load.
import type { History } from "@/flights/past/history";
import type { LoadFailure } from "@/flights/past/pastMessages";
import type { Statistics } from "@/flights/statistics";
import type { Speed } from "./playback";

export interface PastState {
  /** Whether a moment of the past is shown. */
  readonly isOn: boolean;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  /** The moment that is wanted has not been loaded yet. */
  readonly isWaiting: boolean;
  readonly failure: LoadFailure | null;
  /** Null until it is known that the tracker keeps one. */
  readonly history: History | null;
  /** Counts of what is shown; null while it is the live picture. */
  readonly statistics: Statistics | null;
  /** Changes when another moment is shown. */
  readonly version: number;
}

export const PRESENT: PastState = {
  isOn: false,
  isPlaying: false,
  speed: 1,
  isWaiting: false,
  failure: null,
  history: null,
  statistics: null,
  version: 0,
};
