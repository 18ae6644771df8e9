// A link that reproduces this view elsewhere: it names every choice, including defaults that the address leaves out.
import { withParameters } from "./pageUrl";
import type { Preferences } from "./preferences/preferences";
import { stored } from "./preferences/storage";

interface Shared {
  readonly preferences: Preferences;
  readonly language: string;
  readonly mode: string;
  /** Of the map, as in the address; null while it has none. */
  readonly place: string | null;
}

export function linkTo(href: string, { preferences, language, mode, place }: Shared): string {
  const url = new URL(href);
  url.search = withParameters(url.search, {
    view: mode,
    at: url.searchParams.get("at") ?? place,
    theme: preferences.theme,
    units: preferences.units,
    lang: language,
    columns: url.searchParams.get("columns") ?? stored("columns"),
    widths: url.searchParams.get("widths") ?? stored("widths"),
  });
  return url.href;
}

/** Copy a text; false when the browser blocks it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
