// The few icons of the page, drawn with lines of one width. Decorative: the control that holds one has the words.

const PATHS = {
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4 4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.500 1.500m11 11L19 19M5 19l1.500-1.500m11-11L19 5",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500Z",
  close: "m6 6 12 12M18 6 6 18",
  target: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0-5v5m0 10v5M2 12h5m10 0h5",
  up: "m7 14 5-5 5 5",
  down: "m7 10 5 5 5-5",
} as const;

export function Icon({ name, size = 18 }: { readonly name: keyof typeof PATHS; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      fill="none"
      height={size}
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeWidth="1.8"
      viewBox="0 0 24 24"
      width={size}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The page's mark: the airliner of the map. */
export function Mark() {
  return (
    <svg aria-hidden="true" height="26" viewBox="-32 -32 64 64" width="26">
      <path
        className="fill-accent"
        d="M0-29 2.500-26 4-21 4-8 28 8 28 13 4 6 3 17 11 23 11 28 0 25-11 28-11 23-3 17-4 6-28 13-28 8-4-8-4-21-2.500-26Z"
        transform="rotate(45)"
      />
    </svg>
  );
}
