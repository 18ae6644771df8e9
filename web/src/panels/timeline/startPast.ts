// Starts the player, and keeps the page's address at the moment that is shown: a link holds it, and a link with one
// begins there.
import type { FlightsClient } from "@/flights/client";
import type { Area } from "@/flights/past/area";
import { startPastWorker } from "@/flights/past/startPastWorker";
import { replaceInAddress } from "../pageUrl";
import { momentFromQuery, momentText } from "./moments";
import { PastPlayer } from "./player";

/** Browsers limit how often a page may change its address. */
const WRITE_EVERY_MS = 1_000;

/** How often the map is asked whether it shows another part of the world. */
const LOOK_EVERY_MS = 400;

export function startPast(
  client: FlightsClient,
  touchMap: () => void,
  viewOf: () => Area | null,
): { player: PastPlayer; stop(): void } {
  const player = new PastPlayer(client, touchMap, startPastWorker, viewOf);
  const looking = setInterval(() => player.lookAround(), LOOK_EVERY_MS);
  let wanted = momentFromQuery(window.location.search);
  let written: string | null = wanted === null ? null : momentText(wanted);
  let writing: ReturnType<typeof setTimeout> | undefined;

  const begin = () => {
    const moment = wanted;
    if (moment === null || player.getState().history === null) return;
    // Before it begins: the player tells its listeners, of which this is one.
    wanted = null;
    player.begin(moment, false);
  };
  const write = () => {
    clearTimeout(writing);
    writing = undefined;
    const text = player.getState().isOn ? momentText(player.timeMs()) : null;
    if (text !== written) replaceInAddress({ time: text });
    written = text;
  };
  const writeSoon = () => {
    // Until the history has loaded, the address has the moment that the page does not show yet.
    if (wanted !== null) return;
    if (!player.getState().isOn) write();
    else writing ??= setTimeout(write, WRITE_EVERY_MS);
  };
  const unsubscribe = player.subscribe(() => {
    begin();
    writeSoon();
  });
  const read = () => {
    wanted = momentFromQuery(window.location.search);
    written = wanted === null ? null : momentText(wanted);
    if (wanted === null) player.end();
    else begin();
  };
  window.addEventListener("popstate", read);
  void player.watchHistory();
  return {
    player,
    stop: () => {
      window.removeEventListener("popstate", read);
      unsubscribe();
      clearTimeout(writing);
      clearInterval(looking);
      player.close();
    },
  };
}
