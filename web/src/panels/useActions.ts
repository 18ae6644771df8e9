// What the keys and the header's buttons do.
"use client";

import { UNITS } from "@/texts/formats";
import { useTexts } from "@/texts/TextsContext";
import type { DialogName } from "./Dialogs";
import { usePreferences } from "./preferences/Preferences";
import type { ReplayPlayer, ReplayState } from "./replay/player";
import { copy, linkTo } from "./share";
import { type Action, useShortcuts } from "./shortcuts";
import type { HeldView } from "./usePageView";

interface Surroundings {
  readonly view: HeldView;
  readonly player: ReplayPlayer | null;
  readonly replay: ReplayState;
  /** Of the map, as in the address; null while it has none. */
  place(): string | null;
  openDialog(name: DialogName): void;
  /** Show a message that disappears by itself. */
  passHint(key: string, text: string): void;
}

interface Actions {
  act(action: Action): void;
  toggleReplay(): void;
}

export function useActions({ view, place, player, replay, openDialog, passHint }: Surroundings): Actions {
  const { notices, replay: replayTexts } = useTexts();
  const { preferences, theme, language, change: prefer } = usePreferences();

  const toggleReplay = () => {
    if (replay.isOn) player?.end();
    else if (player?.begin() !== true) passHint("replay", replayTexts.start);
  };
  const share = async () => {
    const isCopied = await copy(
      linkTo(window.location.href, { preferences, language, mode: view.mode, place: place() }),
    );
    passHint("link", isCopied ? notices.linkCopied : notices.linkNotCopied);
  };
  /** Leave the innermost thing: the selection, then the replay. */
  const close = () => {
    if (view.selected !== null) view.change({ selected: null });
    else if (replay.isOn) player?.end();
  };
  const nextUnits = () => UNITS[(UNITS.indexOf(preferences.units) + 1) % UNITS.length] as (typeof UNITS)[number];

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
    replay: toggleReplay,
    units: () => prefer({ units: nextUnits() }),
    theme: () => prefer({ theme: theme === "dark" ? "light" : "dark" }),
    share: () => void share(),
    close,
  };
  const act = (action: Action) => actions[action]();
  useShortcuts(preferences.hasShortcuts, act, replay.isOn ? () => player?.play(!replay.isPlaying) : null);
  return { act, toggleReplay };
}
