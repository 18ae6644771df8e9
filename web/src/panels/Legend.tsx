// The legend: colours of aircraft by altitude.
"use client";

import { ALTITUDE_STOPS_FT, PALETTES, type Theme } from "@/map/palette";
import { useFormats, useTexts } from "@/texts/TextsContext";

const TICKS_FT = [0, 10_000, 20_000, 30_000, 40_000] as const;

export function Legend({ theme }: { readonly theme: Theme }) {
  const { legend } = useTexts();
  const formats = useFormats();
  const palette = PALETTES[theme];
  const top = ALTITUDE_STOPS_FT.at(-1) as number;
  const stops = palette.altitude.map((colour, i) => `${colour} ${((ALTITUDE_STOPS_FT[i] as number) / top) * 100}%`);
  return (
    <figure
      aria-label={legend.label}
      className="map-overlay pointer-events-none absolute bottom-3 left-3 z-[500] hidden rounded-lg border border-line bg-raised/90 px-3 py-2 text-2xs text-muted shadow-lg wide:block"
    >
      <div className="mb-1.5 flex items-center justify-between gap-6">
        <span>{legend.altitude(formats.altitudeUnit)}</span>
        <span className="flex gap-3">
          <Dot colour={palette.ground} label={legend.ground} />
          <Dot colour={palette.emergency} label={legend.emergency} />
        </span>
      </div>
      <div className="h-1.5 w-64 rounded-full" style={{ background: `linear-gradient(90deg, ${stops.join(", ")})` }} />
      <div className="mt-1 flex justify-between tabular-nums">
        {TICKS_FT.map((altitudeFt) => (
          <span key={altitudeFt}>{formats.count(formats.altitudeNumber(altitudeFt))}</span>
        ))}
      </div>
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
