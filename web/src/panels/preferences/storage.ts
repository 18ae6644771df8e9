// What the browser keeps for this page. A browser may refuse to (private windows, blocked cookies, a full disk): then
// everything works until the page is closed, and the page says so once.

const PREFIX = "flighttracker.";

export function stored(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keep a value, or forget it when it is null; answers whether the browser did. */
export function store(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}
