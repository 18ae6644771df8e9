// A link that shows somebody else what this person sees: everything that is chosen, also what the address leaves out
// because it is as always here.
import { withParameters } from "./pageUrl";
import type { Preferences } from "./preferences/preferences";
import { stored } from "./preferences/storage";

interface Shared {
  readonly preferences: Preferences;
  readonly language: string;
  readonly mode: string;
}

export function linkTo(href: string, { preferences, language, mode }: Shared): string {
  const url = new URL(href);
  url.search = withParameters(url.search, {
    view: mode,
    theme: preferences.theme,
    units: preferences.units,
    lang: language,
    columns: url.searchParams.get("columns") ?? stored("columns"),
    widths: url.searchParams.get("widths") ?? stored("widths"),
  });
  return url.href;
}

/** Copy a text; false where the browser does not let the page. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
