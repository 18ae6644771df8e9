// The units: a system, or one unit for each quantity.
"use client";

import { QUANTITIES, type Quantity, UNITS, type Units, unitNames, unitsWith } from "@/texts/formats";
import { useLaterTexts } from "@/texts/later";
import { Choices } from "../Controls";

interface Props {
  readonly units: Units;
  onChange(units: Units): void;
}

export function UnitChoices({ units, onChange }: Props) {
  const { settings } = useLaterTexts();
  const names = unitNames(units);
  return (
    <div className="space-y-3">
      <Choices
        label={settings.units}
        name="units"
        onChoose={onChange}
        options={UNITS.map((value) => ({ value, label: settings[value], hint: settings.unitsHint[value] }))}
        value={units}
      />
      {names !== null && (
        <div className="grid grid-cols-2 gap-x-4 gap-y-3">
          {(Object.keys(QUANTITIES) as Quantity[]).map((quantity) => (
            <Choices
              key={quantity}
              label={settings.quantities[quantity]}
              name={`units-${quantity}`}
              onChoose={(name) => onChange(unitsWith({ ...names, [quantity]: name }))}
              options={Object.entries(QUANTITIES[quantity]).map(([value, { name }]) => ({ value, label: name }))}
              value={names[quantity]}
            />
          ))}
        </div>
      )}
    </div>
  );
}
