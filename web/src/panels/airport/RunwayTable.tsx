// The runways of an airport.
"use client";

import type { Runway } from "@/map/airfields";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";

const FEET_PER_METRE = 1 / 0.3048;

export function RunwayTable({ runways }: { readonly runways: readonly Runway[] }) {
  const { unknown } = useTexts();
  const { airport } = useLaterTexts();
  const formats = useFormats();
  return (
    <section aria-label={airport.runways}>
      <h3 className="mb-1.5 font-medium text-soft text-sm">{airport.runways}</h3>
      {runways.length === 0 ? (
        <p className="text-muted text-sm">{airport.noRunways}</p>
      ) : (
        <table className="w-full text-data">
          <thead className="text-left text-muted text-xs">
            <tr>
              {[airport.runways, airport.length, airport.width, airport.surface].map((heading) => (
                <th className="pb-1 font-medium" key={heading} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {runways.map(({ name, lengthM, widthM, surface, isLit }) => (
              <tr className="h-8 text-soft tabular-nums" key={name}>
                <td className="font-medium text-ink">{name}</td>
                <td>{formats.altitude(lengthM * FEET_PER_METRE)}</td>
                <td>{widthM === 0 ? unknown : formats.altitude(widthM * FEET_PER_METRE)}</td>
                <td>
                  {[surface === null ? unknown : airport.surfaces[surface], ...(isLit ? [airport.lit] : [])].join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
