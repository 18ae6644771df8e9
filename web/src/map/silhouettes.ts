// Outlines of aircraft seen from above, nose up, in a square from −50 to 50. Each is drawn once at the start: white for the
// coloured area, black for the outline, so one sheet works for every colour and theme.
import { CATEGORIES, type Category } from "@/flights/aircraftCategory";

/** Right half of each symmetric outline, from the nose to the tail. */
const RIGHT_HALVES: Readonly<
  Record<Exclude<Category, "helicopter" | "ground">, readonly (readonly [number, number])[]>
> = {
  jet: [
    [0, -46],
    [4, -42],
    [6, -34],
    [6, -13],
    [44, 13],
    [44, 21],
    [6, 9],
    [5, 27],
    [17, 37],
    [17, 44],
    [0, 39],
  ],
  heavy: [
    [0, -49],
    [5, -45],
    [7.5, -36],
    [7.5, -17],
    [18, -9],
    [18, -16],
    [25, -16],
    [25, -4],
    [49, 15],
    [49, 23],
    [7.5, 10],
    [6, 29],
    [20, 40],
    [20, 47],
    [0, 42],
  ],
  business: [
    [0, -46],
    [4, -40],
    [5.5, -30],
    [5.5, -4],
    [38, 18],
    [38, 25],
    [6, 14],
    [6, 16],
    [13, 16],
    [13, 29],
    [5, 30],
    [17, 40],
    [17, 46],
    [0, 41],
  ],
  turboprop: [
    [0, -44],
    [5, -39],
    [6, -30],
    [6, -11],
    [15, -11],
    [15, -20],
    [10, -20],
    [10, -24],
    [26, -24],
    [26, -20],
    [21, -20],
    [21, -10],
    [46, -6],
    [46, 4],
    [6, 6],
    [4.5, 30],
    [18, 34],
    [18, 42],
    [0, 41],
  ],
  light: [
    [0, -36],
    [13, -36],
    [13, -32],
    [5, -31],
    [7, -24],
    [7, -14],
    [46, -12],
    [46, 1],
    [7, 3],
    [3.5, 28],
    [17, 30],
    [17, 38],
    [0, 39],
  ],
  glider: [
    [0, -32],
    [4, -27],
    [5, -16],
    [5, -10],
    [49, -7],
    [49, -2],
    [5, 1],
    [3, 28],
    [14, 30],
    [14, 36],
    [0, 36],
  ],
};

/** Size of each category relative to an airliner. */
export const CATEGORY_SCALES: readonly number[] = CATEGORIES.map(
  (category) =>
    ({ jet: 1, heavy: 1.18, business: 0.84, turboprop: 0.9, light: 0.76, helicopter: 0.86, glider: 0.86, ground: 0.5 })[
      category
    ],
);

const OUTLINE = 9;

/** Draw a category in the middle of the square from −50 to 50 of a context. */
export function drawSilhouette(
  context: CanvasRenderingContext2D,
  category: Category,
  fill: string,
  outline: string,
): void {
  context.lineJoin = "round";
  context.lineCap = "round";
  const body = bodyOf(category);
  context.strokeStyle = outline;
  context.lineWidth = OUTLINE;
  context.stroke(body);
  if (category === "helicopter") strokeRotor(context, outline, OUTLINE + 5);
  context.fillStyle = fill;
  context.fill(body);
  if (category === "helicopter") strokeRotor(context, fill, 5);
}

function bodyOf(category: Category): Path2D {
  const body = new Path2D();
  if (category === "ground") {
    body.moveTo(0, -44);
    body.lineTo(30, 4);
    body.arc(0, 10, 31, -0.2, Math.PI + 0.2);
    body.closePath();
    return body;
  }
  if (category === "helicopter") {
    body.ellipse(0, -8, 12, 22, 0, 0, 2 * Math.PI);
    body.rect(-3, 8, 6, 34);
    body.rect(-11, 36, 22, 6);
    return body;
  }
  const right = RIGHT_HALVES[category];
  right.forEach(([x, y], i) => {
    if (i === 0) body.moveTo(x, y);
    else body.lineTo(x, y);
  });
  for (const [x, y] of right.toReversed()) body.lineTo(-x, y);
  body.closePath();
  return body;
}

function strokeRotor(context: CanvasRenderingContext2D, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const [x, y] of [
    [29, -37],
    [-29, -37],
  ] as const) {
    context.moveTo(x, y);
    context.lineTo(-x, -8 - (y + 8));
  }
  context.stroke();
}

/** Size of one cell of the sheet, pixels. */
export const CELL_PX = 64;

/** All categories side by side, white with a black outline. */
export function drawSheet(): HTMLCanvasElement {
  const sheet = document.createElement("canvas");
  sheet.width = CELL_PX * CATEGORIES.length;
  sheet.height = CELL_PX;
  const context = sheet.getContext("2d");
  if (context === null) throw new Error("this browser draws no canvas");
  CATEGORIES.forEach((category, i) => {
    context.save();
    context.translate((i + 0.5) * CELL_PX, CELL_PX / 2);
    context.scale(CELL_PX / 116, CELL_PX / 116);
    drawSilhouette(context, category, "#fff", "#000");
    context.restore();
  });
  return sheet;
}
