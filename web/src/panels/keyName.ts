// How a key of the page is written: as on the keyboard, "R". For the help and the search.
import { type Action, KEYS } from "./shortcuts";

export function keyName(action: Action): string {
  const key = KEYS[action];
  return key.length === 1 ? key.toUpperCase() : key;
}
