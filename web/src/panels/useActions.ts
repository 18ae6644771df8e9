// What the keys and the header's buttons do.
"use client";

import { UNITS } from "@/texts/formats";
import { useTexts } from "@/texts/TextsContext";
import type { DialogName } from "./Dialogs";
import { usePreferences } from "./preferences/Preferences";
import { copy, linkTo } from "./share";
import { type Action, useShortcuts } from "./shortcuts";
import type { PastState } from "./timeline/pastState";
import type { PastPlayer } from "./timeline/player";
import type { HeldView } from "./usePageView";
import { isWide } from "./wide";

interface Surroundings {
  readonly view: HeldView;
  readonly player: PastPlayer | null;
  readonly past: PastState;
  /** Of the map, as in the address; null while it has none. */
  place(): string | null;
  openDialog(name: DialogName): void;
  /** Show a message that disappears by itself. */
  passHint(key: string, text: string): void;
}

interface Actions {
  act(action: Action): void;
  togglePast(): void;
}

export function useActions({ view, place, player, past, openDialog, passHint }: Surroundings): Actions {
  const { notices } = useTexts();
  const { preferences, theme, language, change: prefer } = usePreferences();

  const togglePast = () => {
    if (past.isOn) player?.end();
    else if (player?.begin() !== true) passHint("past", notices.noHistory);
  };
  const share = async () => {
    const isCopied = await copy(
      linkTo(window.location.href, { preferences, language, mode: view.mode, place: place() }),
    );
    passHint("link", isCopied ? notices.linkCopied : notices.linkNotCopied);
  };
  /** Leave the innermost thing: the selection, then the past. */
  const close = () => {
    if (view.selected !== null) view.change({ selected: null });
    else if (past.isOn) player?.end();
  };
  const measure = () => {
    if (!isWide() || view.mode === "table") view.change({ mode: isWide() ? "split" : "map" });
    import("@/map/sketch")
      .then(({ startSketch }) => startSketch("measure"))
      .catch((error: unknown) => console.warn("measuring did not load:", error));
  };
  const nextUnits = () => UNITS[((UNITS as readonly string[]).indexOf(preferences.units) + 1) % UNITS.length] as string;

  const actions: Readonly<Record<Action, () => void>> = {
    help: () => openDialog("help"),
    settings: () => openDialog("settings"),
    search: () => openDialog("search"),
    map: () => view.change({ mode: "map" }),
    split: () => view.change({ mode: "split" }),
    table: () => view.change({ mode: "table" }),
    flights: () => view.showTab("flights"),
    statistics: () => view.showTab("statistics"),
    filters: () => view.showTab("filters"),
    alerts: () => view.showTab("alerts"),
    nearby: () => view.showTab("nearby"),
    measure,
    past: togglePast,
    units: () => prefer({ units: nextUnits() }),
    theme: () => prefer({ theme: theme === "dark" ? "light" : "dark" }),
    share: () => void share(),
    close,
  };
  const act = (action: Action) => actions[action]();
  useShortcuts(preferences.hasShortcuts, act, past.isOn ? () => player?.play(!past.isPlaying) : null);
  return { act, togglePast };
}
