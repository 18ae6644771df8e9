// What the map shows: base map, switches, overlays, and the legend on a phone. The button that opens it is in MapControls.tsx.
import type { ReactNode } from "react";
import { Switch } from "@/panels/Controls";
import { useLaterTexts } from "@/texts/later";
import { useTexts } from "@/texts/TextsContext";
import { BackdropOptions } from "./backdrop/BackdropOptions";
import type { Backdrop } from "./backdrop/backdrop";
import type { LaterPart } from "./laterPart";
import { COLOURS_BY, type ColourBy, type MapOptions } from "./mapOptions";
import { startSketch } from "./sketch";
import { useHere } from "./useHere";

interface Props {
  readonly id: string;
  readonly backdrop: LaterPart<Backdrop> | null;
  readonly options: MapOptions;
  readonly legend: ReactNode;
  /** Whether the tracker keeps a history. */
  readonly hasHistory: boolean;
  onChange(changed: Partial<MapOptions>): void;
}

export function MapOptionsPanel({ id, backdrop, options, legend, hasHistory, onChange }: Props) {
  const { map: texts } = useTexts();
  const { nearby, display, tools } = useLaterTexts();
  const here = useHere();
  return (
    <fieldset
      aria-label={texts.options}
      className="map-options absolute top-0 right-11 flex min-h-40 w-68 max-w-[calc(100cqw-4.5rem)] flex-col gap-3 overflow-y-auto rounded-xl border border-line bg-raised px-4 py-3 shadow-xl *:flex-none"
      id={id}
    >
      <Switch isOn={options.hasLabels} onChange={(hasLabels) => onChange({ hasLabels })}>
        {texts.labels}
      </Switch>
      <Switch isOn={options.hasAirports} onChange={(hasAirports) => onChange({ hasAirports })}>
        {texts.airports}
      </Switch>
      <Switch isOn={options.hasTrails} onChange={(hasTrails) => onChange({ hasTrails })}>
        {texts.trails}
      </Switch>
      {here !== null && (
        <Switch isOn={options.hasRings} onChange={(hasRings) => onChange({ hasRings })}>
          {nearby.rings}
        </Switch>
      )}
      <Switch hint={display.thinsHint} isOn={options.thins} onChange={(thins) => onChange({ thins })}>
        {display.thins}
      </Switch>
      <Switch hint={texts.estimatesHint} isOn={options.estimates} onChange={(estimates) => onChange({ estimates })}>
        {texts.estimates}
      </Switch>
      {hasHistory && (
        <Switch hint={display.heatHint} isOn={options.hasHeat} onChange={(hasHeat) => onChange({ hasHeat })}>
          {display.heat}
        </Switch>
      )}
      <BackdropOptions backdrop={backdrop} onChange={onChange} options={options} />
      <button
        className="min-h-9 rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-accent hover:text-accent"
        onClick={() => startSketch("measure")}
        type="button"
      >
        {tools.names.measure}
      </button>
      <label className="flex items-center justify-between gap-3 text-sm text-soft">
        {display.colours}
        <select
          className="h-8 min-w-0 rounded-lg border border-line bg-panel px-2 text-data text-ink"
          onChange={({ target }) => onChange({ colourBy: target.value as ColourBy })}
          value={options.colourBy}
        >
          {COLOURS_BY.map((by) => (
            <option key={by} value={by}>
              {display.coloursBy[by]}
            </option>
          ))}
        </select>
      </label>
      {legend}
    </fieldset>
  );
}
