// The bar at the top: what this is, how the connection is, how many aircraft, search, view mode, theme.
import type { ReactNode } from "react";
import type { Theme } from "@/map/palette";
import type { ConnectionWords, Tone } from "./connectionWords";
import { formatCount } from "./format";
import { Icon, Mark } from "./Icon";

export type ViewMode = "map" | "split" | "table";

const MODES: readonly { readonly mode: ViewMode; readonly label: string }[] = [
  { mode: "map", label: "Map" },
  { mode: "split", label: "Split" },
  { mode: "table", label: "Table" },
];

interface Props {
  readonly tracker: string;
  readonly words: ConnectionWords;
  readonly shown: number | null;
  readonly total: number | null;
  readonly text: string;
  readonly mode: ViewMode;
  readonly theme: Theme;
  onText(text: string): void;
  onMode(mode: ViewMode): void;
  onTheme(): void;
}

export function Header({ tracker, words, shown, total, text, mode, theme, onText, onMode, onTheme }: Props) {
  return (
    <header className="z-20 flex h-14 flex-none items-center gap-2 border-line border-b bg-panel px-3 wide:gap-4 wide:px-4">
      <div className="flex min-w-0 items-center gap-2.5">
        <Mark />
        <h1 className="hidden whitespace-nowrap font-semibold text-[15px] tracking-tight wide:block">Flight tracker</h1>
        {tracker !== "" && (
          <span className="hidden max-w-44 truncate border-line border-l pl-2.5 text-muted text-sm wide:block">
            {tracker}
          </span>
        )}
      </div>
      <label className="relative min-w-0 flex-1 wide:mx-auto wide:max-w-96">
        <span className="sr-only">Search by callsign, address or registration</span>
        <span className="-translate-y-1/2 absolute top-1/2 left-3 text-muted">
          <Icon name="search" size={16} />
        </span>
        <input
          className="h-9 w-full rounded-lg border border-line bg-sunken pr-3 pl-9 text-ink text-sm placeholder:text-muted"
          onChange={(event) => onText(event.target.value)}
          placeholder="Callsign, address, registration"
          spellCheck={false}
          type="search"
          value={text}
        />
      </label>
      <Count shown={shown} total={total} />
      <ConnectionPill tone={words.tone}>{words.short}</ConnectionPill>
      <fieldset className="hidden rounded-lg border border-line bg-sunken p-0.5 wide:flex">
        <legend className="sr-only">View</legend>
        {MODES.map(({ mode: value, label }) => (
          <button
            aria-pressed={mode === value}
            className="h-8 rounded-md px-3 text-muted text-sm hover:text-ink aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-ink aria-pressed:shadow-sm"
            key={value}
            onClick={() => onMode(value)}
            type="button"
          >
            {label}
          </button>
        ))}
      </fieldset>
      <button
        aria-label={theme === "dark" ? "Use the light theme" : "Use the dark theme"}
        className="grid size-9 flex-none place-items-center rounded-lg border border-line text-soft hover:text-accent"
        onClick={onTheme}
        type="button"
      >
        <Icon name={theme === "dark" ? "sun" : "moon"} />
      </button>
    </header>
  );
}

function Count({ shown, total }: { readonly shown: number | null; readonly total: number | null }) {
  return (
    <p className="hidden w-44 flex-none text-right text-muted text-sm tabular-nums wide:block">
      {shown === null || total === null ? (
        "…"
      ) : (
        <>
          <span className="font-semibold text-ink">{formatCount(shown)}</span>
          {shown === total ? " aircraft" : ` of ${formatCount(total)} aircraft`}
        </>
      )}
    </p>
  );
}

const DOTS: Readonly<Record<Tone, string>> = {
  good: "bg-accent",
  waiting: "bg-muted",
  warning: "bg-warn",
  bad: "bg-danger",
};

function ConnectionPill({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span
      className="flex h-8 flex-none items-center gap-2 rounded-full border border-line px-3 font-medium text-soft text-xs wide:min-w-32 wide:justify-center"
      data-testid="connection"
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${DOTS[tone]}`} />
      {children}
    </span>
  );
}
