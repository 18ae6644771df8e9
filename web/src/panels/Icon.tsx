// The few icons of the page, drawn with lines of one width. Decorative: the control that holds one has the words.

const PATHS = {
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4 4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.500 1.500m11 11L19 19M5 19l1.500-1.500m11-11L19 5",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500Z",
  close: "m6 6 12 12M18 6 6 18",
  target: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0-5v5m0 10v5M2 12h5m10 0h5",
  up: "m7 14 5-5 5 5",
  down: "m7 10 5 5 5-5",
  play: "M8 5v14l11-7-11-7Z",
  pause: "M8 5v14M16 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  history: "M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500M12 8v4l3 2",
  share:
    "M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1m2 3.700a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  settings:
    "M4 7h9m5 0h2M4 17h2m5 0h9M15.500 4.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Zm-7 10a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Z",
  help: "M9 9a3 3 0 1 1 4.500 2.600c-1 .600-1.500 1.200-1.500 2.400M12 17.500v.100M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  more: "M12 4.200a.800.800 0 1 0 0 1.600.800.800 0 0 0 0-1.600Zm0 7a.800.800 0 1 0 0 1.600.800.800 0 0 0 0-1.600Zm0 7a.800.800 0 1 0 0 1.600.800.800 0 0 0 0-1.600Z",
  columns: "M4 5h16v14H4zM9.500 5v14m5-14v14",
  download: "M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 19h14",
  picture: "M4 5h16v14H4zM4 16l4.500-4.500 4 4 3-3L20 17M15.500 9v.100",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return <LineIcon path={PATHS[name]} size={size} />;
}

/** An icon of a part of the page that loads later. */
export function LineIcon({ path, size = 18 }: { readonly path: string; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      fill="none"
      height={`${size / 16}rem`}
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeWidth="1.8"
      viewBox="0 0 24 24"
      width={`${size / 16}rem`}
    >
      <path d={path} />
    </svg>
  );
}

/** The page's mark: the airliner of the map. */
export function Mark() {
  return (
    <svg aria-hidden="true" className="size-[1.625rem]" viewBox="-32 -32 64 64">
      <path
        className="fill-accent"
        d="M0-29 2.500-26 4-21 4-8 28 8 28 13 4 6 3 17 11 23 11 28 0 25-11 28-11 23-3 17-4 6-28 13-28 8-4-8-4-21-2.500-26Z"
        transform="rotate(45)"
      />
    </svg>
  );
}
