// What the map shows: base map, switches, overlays, and the legend on a phone. The button that opens it is in MapControls.tsx.
import type { ReactNode } from "react";
import { Switch } from "@/panels/Controls";
import { useTexts } from "@/texts/TextsContext";
import { BackdropOptions } from "./backdrop/BackdropOptions";
import type { Backdrop } from "./backdrop/backdrop";
import type { LaterPart } from "./laterPart";
import type { MapOptions } from "./mapOptions";

interface Props {
  readonly id: string;
  readonly backdrop: LaterPart<Backdrop> | null;
  readonly options: MapOptions;
  readonly legend: ReactNode;
  onChange(changed: Partial<MapOptions>): void;
}

export function MapOptionsPanel({ id, backdrop, options, legend, onChange }: Props) {
  const { map: texts } = useTexts();
  return (
    <fieldset
      aria-label={texts.options}
      className="absolute top-0 right-11 flex max-h-[calc(100cqh-12rem)] min-h-40 w-68 max-w-[calc(100cqw-4.5rem)] flex-col gap-3 overflow-y-auto rounded-xl border border-line bg-raised px-4 py-3 shadow-xl"
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
      <Switch hint={texts.estimatesHint} isOn={options.estimates} onChange={(estimates) => onChange({ estimates })}>
        {texts.estimates}
      </Switch>
      <BackdropOptions backdrop={backdrop} onChange={onChange} options={options} />
      {legend}
    </fieldset>
  );
}
