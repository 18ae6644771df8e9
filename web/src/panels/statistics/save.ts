// Downloads: tables as CSV, charts as PNG. Both are created in the page.

/** Comma-separated values (RFC 4180), with the byte order mark by which spreadsheets detect UTF-8. */
export function csvOf(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(cellOf).join(",")).join("\r\n")}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // Spreadsheets would run a text that begins like a formula, and callsigns are untrusted input.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveCsv(name: string, text: string): void {
  saveBlob(`${name}.csv`, new Blob([text], { type: "text/csv;charset=utf-8" }));
}

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}

const REVOKE_MS = 60_000;
const SCALE = 2;
const MARGIN_PX = 16;
const TITLE_PX = 34;
const STYLES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "fill-opacity",
  "font-size",
  "font-family",
];

/** Save a chart as PNG, with its title and the colours that it has on the screen: an SVG, or what holds a canvas. */
export async function savePicture(name: string, title: string, chart: Element): Promise<void> {
  const { width, height } = chart.getBoundingClientRect();
  const image = chart instanceof SVGSVGElement ? await imageOf(chart, width, height) : chart.querySelector("canvas");
  if (image === null) throw new Error("the chart is not drawn");
  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * MARGIN_PX) * SCALE;
  canvas.height = (height + 2 * MARGIN_PX + TITLE_PX) * SCALE;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no canvas");
  const page = getComputedStyle(document.documentElement);
  context.scale(SCALE, SCALE);
  context.fillStyle = page.getPropertyValue("--panel");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = page.getPropertyValue("--ink");
  context.font = `600 15px ${getComputedStyle(document.body).fontFamily}`;
  context.fillText(title, MARGIN_PX, MARGIN_PX + 14);
  context.drawImage(image, MARGIN_PX, MARGIN_PX + TITLE_PX, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob !== null) saveBlob(`${name}.png`, blob);
}

/** An SVG as an image, with the styles that the page gives it. */
async function imageOf(svg: SVGSVGElement, width: number, height: number): Promise<HTMLImageElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i] as Element);
    for (const property of STYLES) element.setAttribute(property, style.getPropertyValue(property));
    element.removeAttribute("class");
  });
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

/** A name for a file: words with hyphens, and the moment. */
export function fileName(title: string, timeMs: number): string {
  const words = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
  return `flights-${words.replaceAll(/^-|-$/g, "")}-${new Date(timeMs).toISOString().slice(0, 19).replaceAll(":", "")}`;
}
