export function startWorkersHere(chunk: string): { chunk: string; places: number };
export function withoutFiles(html: string): string;
