// The legend: what the colours of aircraft mean, and the shapes of what is no aeroplane, if any is shown.
"use client";

import { type AddressType, CATEGORIES, type Category } from "@flighttracker/client";
import { useEffect, useRef } from "react";
import { SILHOUETTES, type Silhouette } from "@/flights/silhouette";
import { silhouetteOf } from "@/flights/silhouetteOfType";
import { CATEGORY_GROUPS, groupColour, SCALES, SOURCE_GROUPS, scaleColour } from "@/map/colouring";
import type { ColourBy } from "@/map/mapOptions";
import { ALTITUDE_STOPS_FT, PALETTES, type Palette, type Theme } from "@/map/palette";
import { drawSilhouette } from "@/map/silhouettes";
import type { Formats } from "@/texts/formats";
import { type LaterTexts, useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";

/** Round numbers of feet, or of metres. */
const TICKS = { ft: [0, 10_000, 20_000, 30_000, 40_000], m: [0, 3_000, 6_000, 9_000, 12_000] } as const;
/** Aeroplanes explain themselves. */
const EXPLAINED: ReadonlySet<Category> = new Set([
  "rotorcraft",
  "glider",
  "lighter_than_air",
  "parachutist",
  "drone",
  "emergency_vehicle",
  "service_vehicle",
  "obstacle",
]);
const SHAPE_PX = 14;

interface Props {
  readonly theme: Theme;
  /** At the foot of the map, not among its options. */
  readonly isOverMap: boolean;
  /** Categories that are shown on the map. */
  readonly categories: readonly Category[];
  /** What the colours mean. */
  readonly colourBy: ColourBy;
  /** The share of aircraft that the map draws: fewer than all where it is crowded. */
  readonly drawnShare: number;
}

const OVER_MAP =
  "map-overlay pointer-events-none absolute bottom-3 left-3 z-[500] w-70 rounded-lg border border-line bg-raised/90 px-3 py-2 shadow-lg";

export function Legend({ theme, isOverMap, categories, colourBy, drawnShare }: Props) {
  const { legend, categories: words } = useTexts();
  const { display } = useLaterTexts();
  const formats = useFormats();
  const palette = PALETTES[theme];
  const explained = categories.filter((category) => EXPLAINED.has(category));
  return (
    <figure
      aria-label={colourBy === "altitude" ? legend.label : display.legendBy({ name: display.coloursBy[colourBy] })}
      className={`text-2xs text-muted ${isOverMap ? OVER_MAP : "border-line border-t pt-2.5"}`}
    >
      {colourBy === "source" || colourBy === "category" ? (
        <Groups colourBy={colourBy} theme={theme} />
      ) : (
        <Gradient colourBy={colourBy} palette={palette} />
      )}
      {explained.length > 0 && (
        <ul className="mt-1.5 flex flex-wrap gap-x-3 gap-y-1 border-line border-t pt-1.5">
          {explained.map((category) => (
            <li className="flex items-center gap-1.5" key={category}>
              <Shape
                colour={palette.unknown}
                outline={palette.outline}
                silhouette={SILHOUETTES[silhouetteOf("", CATEGORIES.indexOf(category))] ?? "jet"}
              />
              {words[category]}
            </li>
          ))}
        </ul>
      )}
      {drawnShare < 1 && (
        <p className="mt-1.5 border-line border-t pt-1.5">
          {display.thinned({ percent: formats.count(100 * drawnShare) })}
        </p>
      )}
    </figure>
  );
}

/** A quantity as a strip of colours with numbers below it. */
function Gradient({
  colourBy,
  palette,
}: {
  readonly colourBy: keyof typeof SCALES | "altitude";
  readonly palette: Palette;
}) {
  const { legend } = useTexts();
  const { display } = useLaterTexts();
  const formats = useFormats();
  const { title, stops, ticks } = strip(colourBy, palette, formats, display);
  return (
    <>
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-x-6">
        <span>{title ?? legend.altitude({ unit: formats.altitudeUnit })}</span>
        <span className="flex gap-3">
          {colourBy === "altitude" ? (
            <Dot colour={palette.ground} label={legend.ground} />
          ) : (
            <Dot colour={palette.unknown} label={display.unknown} />
          )}
          <Dot colour={palette.emergency} label={legend.emergency} />
        </span>
      </div>
      <div className="h-1.5 rounded-full" style={{ background: `linear-gradient(90deg, ${stops.join(", ")})` }} />
      <div className="mt-1 flex justify-between tabular-nums">
        {ticks.map((tick) => (
          <span key={tick}>{formats.count(tick).replace("-", "−")}</span>
        ))}
      </div>
    </>
  );
}

function strip(
  colourBy: keyof typeof SCALES | "altitude",
  palette: Palette,
  formats: Formats,
  display: LaterTexts["display"],
): { readonly title: string | null; readonly stops: readonly string[]; readonly ticks: readonly number[] } {
  if (colourBy === "altitude") {
    const ticks = formats.altitudeUnit === "m" ? TICKS.m : TICKS.ft;
    const top = formats.altitudeFt(ticks.at(-1) as number);
    const stops = palette.altitude.map((colour, i) => `${colour} ${((ALTITUDE_STOPS_FT[i] as number) / top) * 100}%`);
    return { title: null, stops, ticks };
  }
  const scale = SCALES[colourBy];
  const stops = palette.altitude.map((_, i) => scaleColour(palette, scale, i / (palette.altitude.length - 1)));
  const unit = { speed: formats.speedUnit, climb: formats.verticalRateUnit, age: "s" }[colourBy];
  const shown = {
    speed: (value: number) => formats.speedNumber(value),
    climb: (value: number) => formats.verticalRateNumber(value),
    age: (value: number) => value,
  }[colourBy];
  return { title: display.scaleOf({ name: display.coloursBy[colourBy], unit }), stops, ticks: scale.ticks.map(shown) };
}

/** A dot for each group of sources or categories. */
function Groups({ colourBy, theme }: { readonly colourBy: "source" | "category"; readonly theme: Theme }) {
  const { legend, categories, addressTypes } = useTexts();
  const { display } = useLaterTexts();
  const palette = PALETTES[theme];
  const names =
    colourBy === "source"
      ? SOURCE_GROUPS.map((group) =>
          group.length > 2 && group.includes("other") ? display.otherSources : addressTypes[group[0] as AddressType],
        )
      : CATEGORY_GROUPS.map((group) =>
          group.includes("obstacle") ? display.vehicles : group.map((category) => categories[category]).join(", "),
        );
  return (
    <>
      <p className="mb-1.5">{display.coloursBy[colourBy]}</p>
      <ul className="flex flex-wrap gap-x-3 gap-y-1">
        {names.map((name, group) => (
          <li key={name}>
            <Dot colour={groupColour(theme, group)} label={name} />
          </li>
        ))}
        <li>
          <Dot colour={palette.unknown} label={display.unknown} />
        </li>
        <li>
          <Dot colour={palette.emergency} label={legend.emergency} />
        </li>
      </ul>
    </>
  );
}

function Dot({ colour, label }: { readonly colour: string; readonly label: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden="true" className="size-2 rounded-full" style={{ background: colour }} />
      {label}
    </span>
  );
}

interface ShapeProps {
  readonly silhouette: Silhouette;
  readonly colour: string;
  readonly outline: string;
}

function Shape({ silhouette, colour, outline }: ShapeProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context) return;
    const side = Math.ceil(SHAPE_PX * window.devicePixelRatio);
    canvas.current.width = side;
    canvas.current.height = side;
    context.translate(side / 2, side / 2);
    context.scale(side / 116, side / 116);
    drawSilhouette(context, silhouette, colour, outline);
  }, [silhouette, colour, outline]);
  return <canvas className="flex-none" ref={canvas} style={{ width: SHAPE_PX, height: SHAPE_PX }} />;
}
