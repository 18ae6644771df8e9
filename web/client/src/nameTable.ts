// Operators, countries and sources by number, one table for all shards. Each frame has its own numbers; here a name
// keeps its number, so that rows can be compared and filtered by number, and the page is sent each name once.

const MAX_NAMES = 65_536;

export class NameTable {
  readonly names: string[] = [""];
  private readonly numbers = new Map<string, number>([["", 0]]);

  /** The number of a name; 0, the empty name, when 65,536 are taken. */
  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    if (this.names.length >= MAX_NAMES) return 0;
    const number = this.names.length;
    this.names.push(name);
    this.numbers.set(name, number);
    return number;
  }

  /** The numbers of a frame's names, in the frame's order. */
  numbersOf(names: readonly string[]): Uint16Array {
    return Uint16Array.from(names, (name) => this.numberOf(name));
  }
}
