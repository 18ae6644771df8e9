// Cuts a text to a width, with an ellipsis: SVG has none. Pure; the names beside bars use it.

/** @param widthOf how wide a text is, in the same unit as the room. */
export function fitText(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  const letters = [...text];
  const cut = (count: number) => `${letters.slice(0, count).join("").trimEnd()}…`;
  let [fits, tooLong] = [0, letters.length];
  while (tooLong - fits > 1) {
    const count = (fits + tooLong) >> 1;
    if (widthOf(cut(count)) <= room) fits = count;
    else tooLong = count;
  }
  return cut(fits);
}
