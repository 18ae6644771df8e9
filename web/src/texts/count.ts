// A number in a text. Languages choose the plural by the number itself.

export interface Count {
  readonly number: number;
  /** The number as this language writes it. */
  readonly text: string;
}
