// Work for later must not hold up the picture: what is counted may be known before the map has drawn it.

/** Call back once the frame after the next one begins, when the page is seen; returns what calls it off. */
export function afterPicture(action: () => void): () => void {
  let request = requestAnimationFrame(() => {
    request = requestAnimationFrame(action);
  });
  return () => cancelAnimationFrame(request);
}
