export function startWorkersHere(chunk: string): { chunk: string; places: number };
export function withHeadScript(lost: string, page: string): string;
