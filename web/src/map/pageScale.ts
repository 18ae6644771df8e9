// The scale of text and icons on the map. It follows the font size of the page, which is larger on a wall screen
// (globals.css) or with a browser setting.

const USUAL_PX = 16;

export function pageScale(): number {
  return (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX) / USUAL_PX;
}
