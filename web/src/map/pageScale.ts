// How much larger everything is than on a usual screen: the map's letters and icons grow with the page's type, which is
// larger on a wall screen (globals.css) and as a person set it in the browser.

const USUAL_PX = 16;

export function pageScale(): number {
  return (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX) / USUAL_PX;
}
