export function startWorkersHere(chunk: string): { chunk: string; places: number };
export function withHeadScript(lost: string, page: string): string;
export function withTexts(
  lost: string,
  languages: { [tag: string]: { lost: { title: string; text: string; link: string } } },
): string;
