// The bar at the top: title, connection, number of aircraft, search, view mode and tools. Tools that have no room are in
// a menu.
"use client";

import type { ComponentProps, ReactNode } from "react";
import type { Theme } from "@/map/palette";
import { useTexts } from "@/texts/TextsContext";
import type { ConnectionWords, Tone } from "./connectionWords";
import { Icon, type IconName, Mark } from "./Icon";
import { MODES, type ViewMode } from "./pageUrl";
import { HeaderMenuPart } from "./parts";
import type { Action } from "./shortcuts";
import { usePopover } from "./usePopover";

interface Props {
  readonly tracker: string;
  readonly words: ConnectionWords;
  readonly shown: number | null;
  readonly total: number | null;
  readonly mode: ViewMode;
  readonly theme: Theme;
  readonly isPast: boolean;
  /** Whether the tracker keeps a history. */
  readonly hasPast: boolean;
  onMode(mode: ViewMode): void;
  onAction(action: Action): void;
}

export function Header(props: Props) {
  const { tracker, words, shown, total, mode, theme, isPast, hasPast, onMode, onAction } = props;
  const { title, header } = useTexts();

  return (
    <header className="z-20 flex h-14 flex-none items-center gap-1.5 border-line border-b bg-panel px-2 wide:gap-3 wide:px-4">
      <div className="flex min-w-0 flex-none items-center gap-2.5">
        <Mark />
        <h1 className="sr-only whitespace-nowrap font-semibold text-base tracking-tight wide:not-sr-only">{title}</h1>
        {tracker !== "" && (
          <span className="hidden max-w-44 truncate border-line border-l pl-2.5 text-muted text-sm roomy:block">
            {tracker}
          </span>
        )}
      </div>
      <button
        aria-haspopup="dialog"
        aria-keyshortcuts="/"
        className="flex h-9 min-w-0 flex-1 items-center gap-2.5 rounded-lg border border-line bg-sunken px-3 text-left text-muted text-sm hover:border-accent hover:text-ink wide:mx-auto wide:max-w-96"
        onClick={() => onAction("search")}
        type="button"
      >
        <Icon name="search" size={16} />
        <span className="sr-only">{header.search}: </span>
        <span className="min-w-0 flex-1 truncate">{header.searchHint}</span>
        <kbd className="hidden rounded-md border border-line px-1.5 font-mono text-xs wide:block">/</kbd>
      </button>
      <Count shown={shown} total={total} />
      <ConnectionPill isPast={isPast} tone={words.tone}>
        {isPast ? header.past : words.short}
      </ConnectionPill>
      <fieldset className="hidden flex-none rounded-lg border border-line bg-sunken p-0.5 wide:flex">
        <legend className="sr-only">{header.view}</legend>
        {MODES.map((value) => (
          <button
            aria-pressed={mode === value}
            className="h-8 rounded-md px-2.5 text-muted text-sm hover:text-ink aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-ink aria-pressed:shadow-sm"
            key={value}
            onClick={() => onMode(value)}
            type="button"
          >
            {header[value]}
          </button>
        ))}
      </fieldset>
      <div className="flex flex-none items-center">
        {hasPast && (
          <span className="contents tight:hidden">
            <Tool icon="history" isPressed={isPast} label={header.past} onClick={() => onAction("past")} />
          </span>
        )}
        <More hasPast={hasPast} onAction={onAction} theme={theme} />
        <Tool icon="share" isWideOnly label={header.share} onClick={() => onAction("share")} />
        <Tool
          icon={theme === "dark" ? "sun" : "moon"}
          isWideOnly
          label={theme === "dark" ? header.lightTheme : header.darkTheme}
          onClick={() => onAction("theme")}
        />
        <Tool icon="help" isWideOnly label={header.help} onClick={() => onAction("help")} />
        <Tool icon="settings" isWideOnly label={header.settings} onClick={() => onAction("settings")} />
      </div>
    </header>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isPressed?: boolean;
  readonly isWideOnly?: boolean;
  onClick(): void;
}

function Tool({ icon, label, isPressed, isWideOnly = false, onClick }: ToolProps) {
  return (
    <button
      aria-label={label}
      aria-pressed={isPressed}
      className={`size-9 place-items-center rounded-lg text-soft hover:bg-sunken hover:text-accent aria-pressed:bg-accent/15 aria-pressed:text-accent ${isWideOnly ? "hidden roomy:grid" : "grid"}`}
      onClick={onClick}
      title={label}
      type="button"
    >
      <Icon name={icon} />
    </button>
  );
}

/** The tools that have no room in a narrow header. */
function More(props: ComponentProps<typeof HeaderMenuPart>) {
  const { header } = useTexts();
  const { isOpen, setOpen, opener, around } = usePopover();
  return (
    <div className="relative flex-none roomy:hidden" ref={around}>
      <button
        aria-expanded={isOpen}
        aria-label={header.more}
        className="grid size-9 place-items-center rounded-lg text-soft hover:bg-sunken hover:text-accent aria-expanded:text-accent"
        onClick={() => setOpen(!isOpen)}
        ref={opener}
        title={header.more}
        type="button"
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <HeaderMenuPart
          {...props}
          onAction={(action) => {
            setOpen(false);
            opener.current?.focus();
            props.onAction(action);
          }}
        />
      )}
    </div>
  );
}

function Count({ shown, total }: { readonly shown: number | null; readonly total: number | null }) {
  const texts = useTexts();
  return (
    <p className="hidden min-w-40 flex-none truncate text-right text-muted text-sm tabular-nums roomy:block">
      {shown === null || total === null
        ? "…"
        : shown === total
          ? texts.aircraft({ count: total })
          : texts.aircraftOf({ shown, total })}
    </p>
  );
}

const DOTS: Readonly<Record<Tone, string>> = {
  good: "bg-accent",
  waiting: "bg-muted",
  warning: "bg-warn",
  bad: "bg-danger",
};

interface PillProps {
  readonly tone: Tone;
  readonly isPast: boolean;
  readonly children: ReactNode;
}

function ConnectionPill({ tone, isPast, children }: PillProps) {
  return (
    <span
      className={`flex h-8 flex-none items-center gap-2 rounded-full border px-2.5 font-medium text-xs wide:min-w-28 wide:justify-center ${isPast ? "border-warn text-warn" : "border-line text-soft"}`}
      data-testid="connection"
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${isPast ? "bg-warn" : DOTS[tone]}`} />
      <span className="tight:sr-only">{children}</span>
    </span>
  );
}
