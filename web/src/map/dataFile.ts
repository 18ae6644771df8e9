// Data files of the page, such as the airports: loaded on first use, and once.

const WAIT_MS = 10_000;

/** A function that loads a file, and parses it once; after a failure the next call retries. */
export function dataFile<T>(url: URL, parse: (text: string) => T): () => Promise<T> {
  let loading: Promise<T> | null = null;
  const load = async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
    if (!response.ok) throw new Error(`${url.pathname.split("/").at(-1)} did not load: HTTP ${response.status}`);
    return parse(await response.text());
  };
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

/** The lines of a table, each with its cells. */
export function tableLines(text: string): string[][] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
}
