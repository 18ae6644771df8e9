// The layout of one aircraft as the GPU reads it: 16 floats, one of which holds four bytes. The worker writes it,
// the page uploads it unchanged, and dead reckoning, picking and the canvas layer read the same numbers, so that all of
// them show an aircraft at the same place.

export const INSTANCE_FLOATS = 16;
export const INSTANCE_BYTES = INSTANCE_FLOATS * 4;

/** Index of each float. Positions are Mercator fractions of the world (mercator.ts), times seconds since the reference. */
export const INSTANCE = {
  xHigh: 0,
  yHigh: 1,
  /** What the float before cannot hold of the position: position = high + low. */
  xLow: 2,
  yLow: 3,
  velocityX: 4,
  velocityY: 5,
  positionTime: 6,
  /** When the last correction began to be blended in. */
  blendStart: 7,
  /** What was displayed minus what is now known, when the correction came. */
  offsetX: 8,
  offsetY: 9,
  /** Radians clockwise from north. */
  heading: 10,
  /** Heading displayed before minus `heading`, −π to π. */
  headingOffset: 11,
  /** In steps of 25 ft; NULL_VALUE when unknown. */
  altitude: 12,
  /** Speed over ground, kt; NULL_VALUE when unknown. */
  speed: 13,
  /** Four bytes: silhouette, STYLE_ bits, 0, 0. */
  style: 14,
  /** When the aircraft was last heard: its icon fades with the time since. */
  heardTime: 15,
} as const;

/** Offset of a row's STYLE_ bits in the bytes of its instance. */
export const STYLE_BITS_AT = 4 * INSTANCE.style + 1;

export const STYLE_ON_GROUND = 1;
export const STYLE_EMERGENCY = 2;
/** The track is unknown: the icon shows no heading. */
export const STYLE_NO_HEADING = 4;

/** Bits of the byte of each row that the page owns beside the instance. */
export const VISIBLE = 1;
export const SELECTED = 2;
export const HOVERED = 4;
/** The bits above them are the class of a colour; 0: by altitude. */
export const CLASS_SHIFT = 3;
