// What can be said about the looks of a page without a person: whether it has settled, which text is cut or covered, which
// controls lie under others, what scrolls sideways. Used by the gallery and by scenarios.
const SETTLED_MS = 500;
const LONGEST_MS = 30_000;
/** The gateway sends the aircraft of a new view with its next tick, after at most a second. */
const TICK_MS = 1_200;

/** By page: what it has asked for and not got. */
const pending = new WeakMap();

/** Call before a page loads anything, for `settle`. */
export function watchRequests(page) {
  const requests = new Set();
  page.on("request", (request) => {
    if (request.isNavigationRequest()) requests.clear();
    requests.add(request);
  });
  for (const event of ["requestfinished", "requestfailed"]) page.on(event, (request) => requests.delete(request));
  pending.set(page, requests);
}

/**
 * Wait until everything is loaded, no tile is missing and nothing moves but aircraft, for half a second. Returns what it waited
 * for in vain, or null.
 */
export async function settle(page) {
  const requests = pending.get(page);
  await page.waitForTimeout(TICK_MS);
  const look = () => {
    const tiles = [...document.querySelectorAll(".leaflet-tile")];
    const moves = document.getAnimations().filter(({ playState, effect }) => {
      return playState === "running" && Number.isFinite(effect?.getComputedTiming().endTime);
    });
    // A map that follows an aircraft moves with each frame.
    const isFollowing = new URLSearchParams(location.search).get("follow") === "on";
    const map = isFollowing ? "" : document.querySelector(".leaflet-map-pane")?.style.transform;
    const awaited = [
      ...tiles.filter((tile) => !tile.classList.contains("leaflet-tile-loaded")).map(() => "a tile"),
      ...moves.map(({ effect }) => `an animation of ${effect.target?.className}`),
      ...[...document.querySelectorAll(".leaflet-zoom-anim, main[data-waiting=true], [data-dragged]")].map(() => "the map"),
    ];
    return { awaited, picture: `${map} ${tiles.length}` };
  };
  const startMs = Date.now();
  let before = "";
  let sinceMs = startMs;
  while (Date.now() - sinceMs < SETTLED_MS) {
    const { awaited, picture } = await page.evaluate(look);
    awaited.push(...[...requests].map((request) => request.url()));
    if (picture !== before) awaited.push(`${picture} instead of ${before}`);
    before = picture;
    if (awaited.length > 0) sinceMs = Date.now();
    if (Date.now() - startMs > LONGEST_MS) return [...new Set(awaited)].join(", ");
    await page.waitForTimeout(50);
  }
  return null;
}

/** What is ugly by rule, a line each. */
export function flaws(page) {
  return page.evaluate(() => {
    const found = [];
    const root = document.querySelector("dialog[open]") ?? document.body;
    const isReadable = (element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.closest(".sr-only, [inert]") === null;
    /** The part of a box that its ancestors leave, which of them cut it, and whether it can be scrolled into view. */
    const clip = (element, { left, top, right, bottom }) => {
      const box = { left, top, right, bottom };
      let cutter = null;
      for (let at = element; at !== null && at !== document.documentElement; at = at.parentElement) {
        const { overflowX, overflowY, display, position } = getComputedStyle(at);
        if (display !== "inline" && (overflowX !== "visible" || overflowY !== "visible")) {
          const edge = at.getBoundingClientRect();
          const scrolls = /auto|scroll/.test(`${overflowX} ${overflowY}`);
          const isCut = edge.left > box.left + 1.5 || edge.right < box.right - 1.5 || edge.bottom < box.bottom - 3 || edge.top > box.top + 3;
          if (isCut && scrolls) return { box, cutter, isScrolled: true };
          if (isCut) cutter ??= at;
          box.left = Math.max(box.left, edge.left);
          box.right = Math.min(box.right, edge.right);
          box.top = Math.max(box.top, edge.top);
          box.bottom = Math.min(box.bottom, edge.bottom);
        }
        if (position === "fixed") break;
      }
      return { box, cutter, isScrolled: false };
    };
    const nameOf = (element) =>
      element.getAttribute("aria-label") ?? (element.textContent.trim().slice(0, 60) || `<${element.tagName.toLowerCase()} ${element.className}>`);
    // A person has opened it over the rest, and closes it.
    const popovers = "fieldset[aria-label], form[aria-label]";
    /** What lies over an element at a place. */
    const coverAt = (element, x, y) => {
      const top = document.elementFromPoint(x, y);
      if (top === null || element.contains(top) || top.contains(element) || top.closest("label")?.contains(element)) return null;
      return (top.closest(popovers) ?? element).contains(element) ? top : null;
    };

    // A sheet and the card may cover the map and its buttons.
    const mayCover = (cover, element) => element.closest(".leaflet-container, .map-buttons") !== null && cover?.closest(".panel, .detail-card");

    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent.trim();
      if (text === "" || element.closest(".leaflet-map-pane, option, script, style, noscript") || !isReadable(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width < 2) continue;
        const { box, cutter, isScrolled } = clip(element, rect);
        if (isScrolled) continue;
        if (cutter !== null) {
          const hasTitle = element.closest("[title]") !== null ? ", has a title" : "";
          found.push(`cut: “${text.slice(0, 60)}”${hasTitle}`);
          break;
        }
        if (rect.left < -1 || rect.right > innerWidth + 1 || rect.bottom > innerHeight + 4) found.push(`outside: “${text.slice(0, 60)}”`);
        const y = (box.top + box.bottom) / 2;
        const covers = [box.left + 1, (box.left + box.right) / 2, box.right - 1].map((x) => coverAt(element, x, y));
        const cover = covers.find((top) => top !== null);
        if (cover !== undefined && covers.includes(null) && !mayCover(cover, element)) {
          found.push(`partly covered: “${text.slice(0, 60)}” by “${nameOf(cover)}”`);
          break;
        }
      }
    }
    for (const control of root.querySelectorAll("button, a[href], input, select, textarea, summary")) {
      if (!isReadable(control) || control.closest(".leaflet-map-pane")) continue;
      const { box, isScrolled } = clip(control, control.getBoundingClientRect());
      if (isScrolled || box.right - box.left < 2 || box.bottom - box.top < 2) continue;
      const cover = coverAt(control, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (cover !== null && !mayCover(cover, control)) found.push(`covered: “${nameOf(control)}” by “${nameOf(cover)}”`);
    }
    // Chromium draws what is not in the accent colour in a grey that looks brown beside the dark theme's blue.
    const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
    for (const control of root.querySelectorAll("input:is([type=checkbox], [type=radio]):not(:checked), input[type=range], progress, meter")) {
      const hasOwnColours = getComputedStyle(control).appearance === "none" || !isReadable(control);
      if (isDark && !hasOwnColours) found.push(`in the browser's own colours: ${nameOf(control)}`);
    }
    for (const element of root.querySelectorAll("*")) {
      if (!/auto|scroll/.test(getComputedStyle(element).overflowX) || !isReadable(element)) continue;
      const extra = element.scrollWidth - element.clientWidth;
      if (extra > 1) found.push(`scrolls sideways by ${extra} px: ${element.getAttribute("role") ?? element.className.slice(0, 60)}`);
    }
    return [...new Set(found)];
  });
}
