export const TARGET: URL;
export function airportLines(): string;
