// A list of choices, buttons or rows as one stop of the Tab key: arrows, Home and End move inside, and Tab comes back to the
// choice that was used last. `<ul ref={rove}>` is all that a list needs; its choices set no tabIndex.
//
// The choices stay what they are: checkboxes and buttons in their group. A screen reader's own keys reach each of them.

/** Where something is on the screen. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const CHOICES = "button:enabled, input[type=checkbox]:enabled, a[href]";

/** Which choice a key leads to; null: the key is not for the list. Boxes are in the order of reading. */
export function choiceAfter(key: string, at: number, boxes: readonly Box[]): number | null {
  const last = boxes.length - 1;
  const rows = rowsOf(boxes);
  const isInRow = rows.length <= last;
  const within = (index: number) => Math.max(0, Math.min(last, index));
  switch (key) {
    case "Home":
      return 0;
    case "End":
      return last;
    case "ArrowLeft":
      return isInRow ? within(at - 1) : null;
    case "ArrowRight":
      return isInRow ? within(at + 1) : null;
    case "ArrowUp":
      return nearestIn(rows, -1, at, boxes);
    case "ArrowDown":
      return nearestIn(rows, 1, at, boxes);
    default:
      return null;
  }
}

/** The choices of each row, as indices. */
function rowsOf(boxes: readonly Box[]): number[][] {
  const rows: number[][] = [];
  let first: Box | null = null;
  boxes.forEach((box, i) => {
    if (first !== null && 2 * Math.abs(middleY(box) - middleY(first)) < Math.max(box.height, first.height)) {
      rows.at(-1)?.push(i);
      return;
    }
    rows.push([i]);
    first = box;
  });
  return rows;
}

/** Of the next or the previous row; null: there is none. */
function nearestIn(rows: readonly number[][], step: -1 | 1, at: number, boxes: readonly Box[]): number | null {
  const row = rows[rows.findIndex((indices) => indices.includes(at)) + step];
  if (row === undefined) return null;
  const fromLeft = (i: number) => Math.abs(middleX(boxes[i] as Box) - middleX(boxes[at] as Box));
  return row.reduce((nearest, i) => (fromLeft(i) < fromLeft(nearest) ? i : nearest));
}

const middleX = ({ left, width }: Box) => left + width / 2;
const middleY = ({ top, height }: Box) => top + height / 2;

/** For `ref` of the element around the choices. */
export function rove(list: HTMLElement | null): (() => void) | undefined {
  if (list === null) return;
  let used: HTMLElement | null = null;
  let place = 0;
  let hasFocus = false;
  const choices = () =>
    [...list.querySelectorAll<HTMLElement>(CHOICES)].filter((choice) => choice.getClientRects().length > 0);

  const mark = () => {
    const all = choices();
    const isGone = used !== null && !all.includes(used);
    const stop = used === null || isGone ? all[Math.min(used === null ? 0 : place, all.length - 1)] : used;
    for (const choice of all) choice.tabIndex = choice === stop ? 0 : -1;
    if (!isGone) return;
    used = stop ?? null;
    // The focus goes on to the neighbour of a choice that was removed.
    if (hasFocus && document.activeElement === document.body) stop?.focus();
  };
  const focused = ({ target }: FocusEvent) => {
    const all = choices();
    const index = all.indexOf(target as HTMLElement);
    hasFocus = index >= 0;
    if (!hasFocus) return;
    place = index;
    used = target as HTMLElement;
    mark();
  };
  // A choice that is being removed loses the focus, too, before it is gone.
  const left = ({ target }: FocusEvent) =>
    queueMicrotask(() => {
      if (list.contains(target as Node) && !list.contains(document.activeElement)) hasFocus = false;
    });
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = choices();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const next = choiceAfter(
      event.key,
      at,
      all.map((choice) => choice.getBoundingClientRect()),
    );
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  };

  mark();
  const changes = new MutationObserver(mark);
  changes.observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  list.addEventListener("focusin", focused);
  list.addEventListener("focusout", left);
  list.addEventListener("keydown", pressed);
  return () => {
    changes.disconnect();
    list.removeEventListener("focusin", focused);
    list.removeEventListener("focusout", left);
    list.removeEventListener("keydown", pressed);
  };
}
