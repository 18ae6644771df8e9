// The traffic: how many aircraft, whose, of which type, how high and how fast, and the airports with most of them. Of the
// moment that is shown.
"use client";

import { useMemo } from "react";
import { ALTITUDE_STEP_FT, type NamedCount, SPEED_STEP_KT, type Statistics } from "@/flights/statistics";
import { codeOf, loadAirports } from "@/map/airports";
import { countryName } from "@/texts/countryName";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { shortAirportName } from "../card/routeProgress";
import { loadTypeNames } from "../card/typeNames";
import { loadAirlines } from "../search/airlines";
import { useFile } from "../useFile";
import type { Sample } from "./history";
import { Bars, Bins, Figure, OverTime } from "./sections";

interface Props {
  readonly statistics: Statistics;
  /** The last ten minutes; null while the past is shown, which they are not about. */
  readonly samples: readonly Sample[] | null;
}

export function TrafficStatistics({ statistics, samples }: Props) {
  const { statuses, categories, addressTypes, panel } = useTexts();
  const { statistics: texts } = useLaterTexts();
  const formats = useFormats();
  const names = useNames();
  const named = (items: readonly NamedCount[], all: Names) =>
    items.map(({ name, count }) => ({ name: all.get(name) ?? name, code: name, count }));
  const notes = [
    ...(statistics.shown < statistics.total ? [texts.filtered] : []),
    ...(statistics.vehicles > 0 ? [texts.vehicles({ count: statistics.shownVehicles })] : []),
  ];
  return (
    <>
      <dl className="grid grid-cols-2 gap-2 @md:grid-cols-4">
        <Figure label={panel.flights} value={formats.count(statistics.shown)} />
        <Figure label={texts.airborne} value={formats.count(statistics.airborne)} />
        <Figure label={texts.onGround} value={formats.count(statistics.onGround)} />
        <Figure label={texts.emergencies} value={formats.count(statistics.emergencies)} />
      </dl>
      {notes.length > 0 && <p className="mt-3 text-muted text-xs">{notes.join(" ")}</p>}
      <div className="mt-6 gap-x-10 @3xl:columns-2 @7xl:columns-3">
        {samples !== null && (
          <OverTime
            name={texts.aircraftOverTime}
            of={({ aircraft }) => aircraft}
            samples={samples}
            write={(n) => formats.count(n)}
          />
        )}
        <Bars
          items={statistics.byCountry.map(({ name, count }) => ({ name: countryName(name, formats.language), count }))}
          title={texts.byCountry}
        />
        <Bars items={named(statistics.byAirline, names.airlines)} title={texts.byAirline} />
        <Bars items={named(statistics.byType, names.types)} title={texts.byType} />
        <Bars
          columns={["inbound", "outbound"]}
          hint={texts.byAirportHint}
          items={statistics.byAirport.map(({ code, inbound, outbound }) => ({
            name: names.airports.get(code) ?? code,
            code,
            count: inbound + outbound,
            values: [inbound, outbound],
            note: texts.inAndOut({ inbound, outbound }),
          }))}
          title={texts.byAirport}
        />
        <Bins
          bins={statistics.altitudeBins}
          nameOf={(bin) => formats.altitude(bin * ALTITUDE_STEP_FT)}
          numberOf={(bin) => formats.altitudeNumber(bin * ALTITUDE_STEP_FT)}
          title={`${texts.byAltitude} (${formats.altitudeUnit})`}
        />
        <Bins
          bins={statistics.speedBins}
          nameOf={(bin) => formats.speed(bin * SPEED_STEP_KT)}
          numberOf={(bin) => formats.speedNumber(bin * SPEED_STEP_KT)}
          title={`${texts.bySpeed} (${formats.speedUnit})`}
        />
        <Bars
          items={statistics.byStatus
            .filter(({ count }) => count > 0)
            .map(({ status, count }) => ({ name: statuses[status], count }))}
          title={texts.byStatus}
        />
        <Bars
          items={statistics.byCategory.map(({ kind, count }) => ({ name: categories[kind], count }))}
          title={texts.byCategory}
        />
        <Bars
          items={statistics.byAddressType.map(({ kind, count }) => ({ name: addressTypes[kind], count }))}
          title={texts.byAddressType}
        />
      </div>
    </>
  );
}

type Names = ReadonlyMap<string, string>;

const NO_NAMES: Names = new Map();

/** Names by code. Codes stay codes until their file has loaded, and where it fails. */
function useNames(): Readonly<Record<"airlines" | "types" | "airports", Names>> {
  const airlines = useFile(loadAirlines, "the names of airlines");
  const types = useFile(loadTypeNames, "the names of types") ?? NO_NAMES;
  const airports = useFile(loadAirports, "the names of airports");
  return useMemo(
    () => ({
      airlines: new Map(airlines?.map(({ icao, name }) => [icao, name])),
      types,
      airports: new Map(
        airports?.map((airport) => [airport.icao, `${codeOf(airport)} ${shortAirportName(airport.name)}`]),
      ),
    }),
    [airlines, types, airports],
  );
}
