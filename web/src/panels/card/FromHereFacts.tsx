// Where the selected aircraft is, seen from the place that distances are measured from; nothing without such a place.
import type { FlightsClient } from "@/flights/client";
import { fromHere } from "@/map/here";
import { useHere } from "@/map/useHere";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";

interface Props {
  readonly client: FlightsClient;
  readonly row: number;
}

export function FromHereFacts({ client: { rows }, row }: Props) {
  const here = useHere();
  const { unknown } = useTexts();
  const { nearby } = useLaterTexts();
  const formats = useFormats();
  if (here === null) return null;
  const place = { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
  const altitudeFt = rows.isOnGround(row) ? null : (rows.geometricAltitudeFt(row) ?? rows.altitudeFt(row));
  const { distanceM, bearingDeg, elevationDeg } = fromHere(here, place, altitudeFt);
  const elevation =
    elevationDeg === null ? unknown : elevationDeg < 0 ? nearby.belowHorizon : `${Math.round(elevationDeg)}°`;
  const facts = [
    [nearby.distance, formats.distance(distanceM)],
    [nearby.bearing, formats.track(bearingDeg)],
    [nearby.elevationAngle, elevation],
  ] as const;
  const from = here.name || (here.kind === "receiver" ? nearby.receiver : nearby.person);
  return (
    <dl
      aria-label={`${nearby.here} ${from}`}
      className="grid grid-cols-[auto_auto_1fr] gap-x-5 px-4 pb-3"
      data-testid="from-here"
    >
      {facts.map(([label, value]) => (
        <div className="min-w-0" key={label}>
          <dt className="truncate text-2xs text-muted">{label}</dt>
          <dd className="text-ink text-sm tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
