// Messages over the map: the connection's banner, empty states, and what the page had to do without. They float, so that
// nothing moves when one comes or goes.
import type { ReactNode } from "react";
import type { ConnectionWords } from "./connectionWords";
import { Icon } from "./Icon";

interface Props {
  readonly words: ConnectionWords;
  readonly isEmpty: boolean;
  readonly hasNoMatch: boolean;
  /** Shown until a person closes them. */
  readonly hints: readonly string[];
  onReconnect(): void;
  onClearFilters(): void;
  onCloseHint(hint: string): void;
}

export function Notices({ words, isEmpty, hasNoMatch, hints, onReconnect, onClearFilters, onCloseHint }: Props) {
  const reload = () => window.location.reload();
  return (
    <div className="pointer-events-none absolute inset-x-0 top-3 z-[700] flex flex-col items-center gap-2 px-14">
      {words.banner !== null && (
        <Notice tone={words.tone === "warning" ? "warning" : "bad"}>
          <span data-testid="banner">{words.banner}</span>
          {words.action === "reconnect" && <Action onClick={onReconnect}>Connect now</Action>}
          {words.action === "reload" && <Action onClick={reload}>Reload</Action>}
        </Notice>
      )}
      {words.tone === "waiting" && <Notice tone="plain">{words.sentence}</Notice>}
      {isEmpty && <Notice tone="plain">Connected. No aircraft report their position at the moment.</Notice>}
      {hasNoMatch && (
        <Notice tone="plain">
          No aircraft match the filters. <Action onClick={onClearFilters}>Clear filters</Action>
        </Notice>
      )}
      {hints.map((hint) => (
        <Notice key={hint} tone="plain">
          {hint}
          <button
            aria-label="Close this message"
            className="-mr-1 grid size-6 flex-none place-items-center rounded text-muted hover:text-ink"
            onClick={() => onCloseHint(hint)}
            type="button"
          >
            <Icon name="close" size={14} />
          </button>
        </Notice>
      ))}
      <p aria-live="polite" className="sr-only" role="status">
        {words.sentence}
      </p>
    </div>
  );
}

const TONES = {
  plain: "border-line",
  warning: "border-warn/60",
  bad: "border-danger/60",
} as const;

function Notice({ tone, children }: { readonly tone: keyof typeof TONES; readonly children: ReactNode }) {
  return (
    <div
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
