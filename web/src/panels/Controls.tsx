// Controls that several panels use: a row of choices, and a switch.
"use client";

import { type ReactNode, useId } from "react";

interface ChoicesProps<T extends string> {
  readonly label: string;
  /** The label is for screen readers only: what the choices are is plain to the eye. */
  readonly isLabelHidden?: boolean;
  readonly name: string;
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly hint?: string;
    readonly lang?: string;
  }[];
  onChoose(value: T): void;
}

/** Radio buttons side by side. */
export function Choices<T extends string>({ label, isLabelHidden, name, value, options, onChoose }: ChoicesProps<T>) {
  return (
    <fieldset>
      <legend className={isLabelHidden ? "sr-only" : "mb-2 font-medium text-soft text-sm"}>{label}</legend>
      <div className="flex flex-wrap rounded-lg border border-line bg-sunken p-0.5">
        {options.map((option) => (
          <label
            className="relative flex min-h-9 flex-1 cursor-pointer flex-col items-center justify-center rounded-md px-1.5 py-1 text-center text-data text-muted has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent hover:text-ink"
            key={option.value}
            lang={option.lang}
          >
            <input
              checked={value === option.value}
              className="absolute inset-0 cursor-pointer opacity-0"
              name={name}
              onChange={() => onChoose(option.value)}
              type="radio"
              value={option.value}
            />
            {option.label}
            {option.hint !== undefined && <span className="font-normal text-2xs text-muted">{option.hint}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SwitchProps {
  readonly isOn: boolean;
  readonly hint?: string;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
  onChange(isOn: boolean): void;
}

export function Switch({ isOn, hint, isDisabled = false, children, onChange }: SwitchProps) {
  const hintId = useId();
  return (
    <label className="flex cursor-pointer items-start gap-3 text-sm">
      <input
        aria-checked={isOn}
        aria-describedby={hint === undefined ? undefined : hintId}
        checked={isOn}
        className="switch mt-0.5"
        disabled={isDisabled}
        onChange={({ target }) => onChange(target.checked)}
        role="switch"
        type="checkbox"
      />
      <span className="min-w-0">
        <span className="block text-soft">{children}</span>
        {hint !== undefined && (
          <span className="block text-muted text-xs" id={hintId}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
