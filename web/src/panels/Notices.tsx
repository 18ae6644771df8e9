// Messages over the map: the connection's banner, empty states and hints. They float: nothing moves when one appears.
"use client";

import type { ReactNode } from "react";
import { useTexts } from "@/texts/TextsContext";
import type { ConnectionWords } from "./connectionWords";
import { Icon } from "./Icon";

export interface Hint {
  /** Hints with the same key are the same. */
  readonly key: string;
  readonly text: string;
}

interface Props {
  readonly words: ConnectionWords;
  /** The card of the selected aircraft stands at the left. */
  readonly isBesideCard: boolean;
  readonly isEmpty: boolean;
  readonly hasNoMatch: boolean;
  /** The sources with a problem; null if there is none. */
  readonly sources: string | null;
  /** Shown until a person closes them. */
  readonly hints: readonly Hint[];
  /** The newest alert, shown last. */
  readonly alert: ReactNode;
  onReconnect(): void;
  onSignIn(): void;
  onClearFilters(): void;
  onCloseHint(hint: Hint): void;
}

export function Notices({
  words,
  isBesideCard,
  isEmpty,
  hasNoMatch,
  sources,
  hints,
  alert,
  onReconnect,
  onSignIn,
  onClearFilters,
  onCloseHint,
}: Props) {
  const { notices, connection } = useTexts();
  const reload = () => window.location.reload();
  return (
    <div
      className={`notices pointer-events-none absolute inset-x-0 top-3 z-[700] flex flex-col items-center gap-2 pr-16 pl-3 ${isBesideCard ? "wide:pl-[21.5rem]" : "wide:pl-14"}`}
    >
      {words.banner !== null && (
        <Notice tone={words.tone === "warning" ? "warning" : "bad"}>
          <span data-testid="banner">{words.banner}</span>
          {words.action === "reconnect" && <Action onClick={onReconnect}>{connection.connectNow}</Action>}
          {words.action === "signIn" && <Action onClick={onSignIn}>{connection.signIn}</Action>}
          {words.action === "reload" && <Action onClick={reload}>{connection.reload}</Action>}
        </Notice>
      )}
      {words.tone === "waiting" && <Notice tone="plain">{words.sentence}</Notice>}
      {sources !== null && words.tone !== "bad" && (
        <Notice testId="sourceProblems" tone="warning">
          {sources}
        </Notice>
      )}
      {isEmpty && <Notice tone="plain">{notices.empty}</Notice>}
      {hasNoMatch && (
        <Notice tone="plain">
          {notices.noMatch} <Action onClick={onClearFilters}>{notices.clearFilters}</Action>
        </Notice>
      )}
      {hints.map((hint) => (
        <Notice key={hint.key} testId="hint" tone="plain">
          {hint.text}
          <button
            aria-label={notices.closeMessage}
            className="-mr-1 grid size-6 flex-none place-items-center rounded text-muted hover:text-ink"
            onClick={() => onCloseHint(hint)}
            type="button"
          >
            <Icon name="close" size={14} />
          </button>
        </Notice>
      ))}
      {alert}
      <p aria-live="polite" className="sr-only" role="status">
        {[words.sentence, sources ?? "", ...hints.map(({ text }) => text)].join(" ")}
      </p>
    </div>
  );
}

const TONES = {
  plain: "border-line",
  warning: "border-warn/60",
  bad: "border-danger/60",
} as const;

interface NoticeProps {
  readonly tone: keyof typeof TONES;
  readonly testId?: string;
  readonly children: ReactNode;
}

function Notice({ tone, testId, children }: NoticeProps) {
  return (
    <div
      data-testid={testId}
      className={`pointer-events-auto flex max-w-xl items-center gap-3 rounded-xl border bg-raised/95 px-4 py-2.5 text-soft text-sm shadow-lg ${TONES[tone]}`}
    >
      {children}
    </div>
  );
}

function Action({ onClick, children }: { onClick(): void; readonly children: ReactNode }) {
  return (
    <button
      className="flex-none whitespace-nowrap rounded-md bg-accent px-2.5 py-1 font-medium text-on-accent text-xs hover:opacity-90"
      onClick={onClick}
      type="button"
    >
      {children}
    </button>
  );
}
