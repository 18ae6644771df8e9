// Outlines of aircraft seen from above, nose up, and of what is recognised from the side better, upright, in a square from −50 to 50. Each is drawn once at the start: white for the
// coloured area, black for the outline, so one sheet works for every colour and theme.
import { SILHOUETTES, type Silhouette } from "@/flights/silhouette";

/** Right half of each symmetric outline, from the nose to the tail. */
const RIGHT_HALVES: Readonly<Record<Exclude<Silhouette, keyof typeof SHAPES>, readonly (readonly [number, number])[]>> =
  {
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
    fighter: [
      [0, -49],
      [4, -38],
      [6, -18],
      [32, 16],
      [32, 24],
      [9, 24],
      [18, 38],
      [18, 44],
      [0, 40],
    ],
  };

/** The others, as paths. */
const SHAPES = {
  helicopter(body: Path2D) {
    body.ellipse(0, -8, 12, 22, 0, 0, 2 * Math.PI);
    body.rect(-3, 8, 6, 34);
    body.rect(-11, 36, 22, 6);
  },
  drone(body: Path2D) {
    body.roundRect(-11, -14, 22, 28, 7);
  },
  ground(body: Path2D) {
    body.moveTo(0, -44);
    body.lineTo(30, 4);
    body.arc(0, 10, 31, -0.2, Math.PI + 0.2);
    body.closePath();
  },
  vehicle(body: Path2D) {
    body.roundRect(-25, -46, 50, 92, [20, 20, 10, 10]);
    // Wound the other way round, so that the windscreen is a hole.
    body.moveTo(-16, -14);
    body.lineTo(16, -14);
    body.lineTo(19, -28);
    body.lineTo(-19, -28);
    body.closePath();
  },
  balloon(body: Path2D) {
    body.moveTo(-9, 24);
    body.bezierCurveTo(-62, -14, -36, -48, 0, -48);
    body.bezierCurveTo(36, -48, 62, -14, 9, 24);
    body.closePath();
    body.rect(-8, 33, 16, 13);
  },
  parachute(body: Path2D) {
    body.moveTo(-44, -6);
    body.bezierCurveTo(-44, -60, 44, -60, 44, -6);
    body.quadraticCurveTo(22, -20, 0, -6);
    body.quadraticCurveTo(-22, -20, -44, -6);
    body.closePath();
    body.ellipse(0, 34, 8, 13, 0, 0, 2 * Math.PI);
  },
  obstacle(body: Path2D) {
    body.moveTo(0, -48);
    body.lineTo(26, 44);
    body.lineTo(-26, 44);
    body.closePath();
    body.moveTo(-9, 32);
    body.lineTo(9, 32);
    body.lineTo(0, -8);
    body.closePath();
  },
} satisfies Partial<Record<Silhouette, (body: Path2D) => void>>;

/** Lines over a body, from and to: the blades of a rotor, the arms of a drone, the lines of a parachute. */
const LINES: Partial<Record<Silhouette, readonly (readonly [number, number, number, number])[]>> = {
  helicopter: [
    [29, -37, -29, 21],
    [-29, -37, 29, 21],
  ],
  drone: [
    [-34, -34, 34, 34],
    [34, -34, -34, 34],
    [-46, -34, -22, -34],
    [22, -34, 46, -34],
    [-46, 34, -22, 34],
    [22, 34, 46, 34],
  ],
  parachute: [
    [-40, -6, 0, 26],
    [40, -6, 0, 26],
  ],
};

/** Size of each silhouette relative to an airliner. */
const SCALES: Readonly<Record<Silhouette, number>> = {
  jet: 1,
  heavy: 1.18,
  business: 0.84,
  turboprop: 0.9,
  light: 0.76,
  helicopter: 0.86,
  glider: 0.86,
  fighter: 0.8,
  drone: 0.66,
  ground: 0.5,
  vehicle: 0.52,
  balloon: 0.86,
  parachute: 0.76,
  obstacle: 0.6,
};
export const SILHOUETTE_SCALES: readonly number[] = SILHOUETTES.map((silhouette) => SCALES[silhouette]);

const OUTLINE = 9;

/** Draw a silhouette in the middle of the square from −50 to 50 of a context. */
export function drawSilhouette(
  context: CanvasRenderingContext2D,
  silhouette: Silhouette,
  fill: string,
  outline: string,
): void {
  context.lineJoin = "round";
  context.lineCap = "round";
  const body = bodyOf(silhouette);
  const lines = LINES[silhouette] ?? [];
  context.strokeStyle = outline;
  context.lineWidth = OUTLINE;
  context.stroke(body);
  strokeLines(context, lines, outline, OUTLINE + 5);
  context.fillStyle = fill;
  context.fill(body);
  strokeLines(context, lines, fill, 5);
}

function bodyOf(silhouette: Silhouette): Path2D {
  const body = new Path2D();
  if (hasShape(silhouette)) {
    SHAPES[silhouette](body);
    return body;
  }
  const right = RIGHT_HALVES[silhouette];
  right.forEach(([x, y], i) => {
    if (i === 0) body.moveTo(x, y);
    else body.lineTo(x, y);
  });
  for (const [x, y] of right.toReversed()) body.lineTo(-x, y);
  body.closePath();
  return body;
}

function hasShape(silhouette: Silhouette): silhouette is keyof typeof SHAPES {
  return silhouette in SHAPES;
}

function strokeLines(
  context: CanvasRenderingContext2D,
  lines: readonly (readonly [number, number, number, number])[],
  colour: string,
  width: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const [fromX, fromY, toX, toY] of lines) {
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
  }
  context.stroke();
}

/** Size of one cell of the sheet, pixels. */
export const CELL_PX = 64;

/** All silhouettes side by side, white with a black outline. */
export function drawSheet(): HTMLCanvasElement {
  const sheet = document.createElement("canvas");
  sheet.width = CELL_PX * SILHOUETTES.length;
  sheet.height = CELL_PX;
  const context = sheet.getContext("2d");
  if (context === null) throw new Error("this browser draws no canvas");
  SILHOUETTES.forEach((silhouette, i) => {
    context.save();
    context.translate((i + 0.5) * CELL_PX, CELL_PX / 2);
    context.scale(CELL_PX / 116, CELL_PX / 116);
    drawSilhouette(context, silhouette, "#fff", "#000");
    context.restore();
  });
  return sheet;
}
