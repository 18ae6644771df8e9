// The rule that is being written. It outlives the form: on a phone the panel closes while a person draws its area.
import type { Area } from "./area";
import { type FenceTerms, FIRST_TERMS } from "./rules";

export const DRAFT_KINDS = ["text", "squawk", "area", "polygon", "circle"] as const;
export type DraftKind = (typeof DRAFT_KINDS)[number];

export interface Draft {
  readonly kind: DraftKind;
  readonly value: string;
  /** Drawn; null for the area that the map shows. */
  readonly area: Area | null;
  readonly terms: FenceTerms;
}

export const FIRST_DRAFT: Draft = { kind: "text", value: "", area: null, terms: FIRST_TERMS };

let draft = FIRST_DRAFT;
const listeners = new Set<() => void>();

export function getDraft(): Draft {
  return draft;
}

export function changeDraft(changed: Partial<Draft>): void {
  draft = { ...draft, ...changed };
  for (const listener of listeners) listener();
}

export function subscribeDraft(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
