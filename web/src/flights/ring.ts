// The last values of something that is measured all the time, bounded.

export class Ring<T> {
  private readonly values: T[] = [];
  private next = 0;

  constructor(private readonly size: number) {}

  push(value: T): void {
    this.values[this.next % this.size] = value;
    this.next++;
  }

  /** Oldest first. */
  toArray(): T[] {
    if (this.next <= this.size) return [...this.values];
    const start = this.next % this.size;
    return [...this.values.slice(start), ...this.values.slice(0, start)];
  }
}
