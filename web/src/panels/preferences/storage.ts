// The page's storage in the browser. It can be blocked (private windows, cookies, a full disk): everything then works
// until the page is closed, and a message says so once.

const PREFIX = "flighttracker.";

export function stored(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Store a value, or remove it when it is null; returns whether that worked. */
export function store(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}
