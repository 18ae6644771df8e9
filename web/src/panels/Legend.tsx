// The legend: colours of aircraft by altitude, and the shapes of what is no aeroplane, if any is shown.
"use client";

import { CATEGORIES, type Category } from "@flighttracker/client";
import { useEffect, useRef } from "react";
import { SILHOUETTES, type Silhouette } from "@/flights/silhouette";
import { silhouetteOf } from "@/flights/silhouetteOfType";
import { ALTITUDE_STOPS_FT, PALETTES, type Theme } from "@/map/palette";
import { drawSilhouette } from "@/map/silhouettes";
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
}

const OVER_MAP =
  "map-overlay pointer-events-none absolute bottom-3 left-3 z-[500] w-70 rounded-lg border border-line bg-raised/90 px-3 py-2 shadow-lg";

export function Legend({ theme, isOverMap, categories }: Props) {
  const { legend, categories: words } = useTexts();
  const formats = useFormats();
  const palette = PALETTES[theme];
  const ticks = formats.altitudeUnit === "m" ? TICKS.m : TICKS.ft;
  const top = formats.altitudeFt(ticks.at(-1) as number);
  const stops = palette.altitude.map((colour, i) => `${colour} ${((ALTITUDE_STOPS_FT[i] as number) / top) * 100}%`);
  const explained = categories.filter((category) => EXPLAINED.has(category));
  return (
    <figure
      aria-label={legend.label}
      className={`text-2xs text-muted ${isOverMap ? OVER_MAP : "border-line border-t pt-2.5"}`}
    >
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-x-6">
        <span>{legend.altitude(formats.altitudeUnit)}</span>
        <span className="flex gap-3">
          <Dot colour={palette.ground} label={legend.ground} />
          <Dot colour={palette.emergency} label={legend.emergency} />
        </span>
      </div>
      <div className="h-1.5 rounded-full" style={{ background: `linear-gradient(90deg, ${stops.join(", ")})` }} />
      <div className="mt-1 flex justify-between tabular-nums">
        {ticks.map((altitude) => (
          <span key={altitude}>{formats.count(altitude)}</span>
        ))}
      </div>
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
    </figure>
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
