// The fields of a rule for an area: draw it, when it is reported, the limits, and a sound. Limits are typed in the person's
// units and kept in feet and knots.
import { useId } from "react";
import { distanceM } from "@/flights/greatCircle";
import { startSketch } from "@/map/sketch";
import type { Formats } from "@/texts/formats";
import { type LaterTexts, useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import type { Area } from "./area";
import { changeDraft, type Draft } from "./draft";
import type { FenceTerms } from "./rules";

interface Props {
  readonly draft: Draft;
  /** Show the map, which the panel may cover. */
  onDraw(): void;
  onDrawn(): void;
}

const FIELD = "mt-1 h-9 w-full rounded-lg border border-line bg-panel px-2 text-ink text-sm";

export function FenceFields({ draft, onDraw, onDrawn }: Props) {
  const { alerts } = useLaterTexts();
  const formats = useFormats();
  const { kind, area, terms } = draft;
  const change = (changed: Partial<FenceTerms>) => changeDraft({ terms: { ...terms, ...changed } });
  const draw = (shape: "polygon" | "circle") => {
    onDraw();
    startSketch(shape, (points) => {
      const [centre, edge] = points ?? [];
      if (points !== null && centre !== undefined && edge !== undefined) {
        changeDraft({ area: shape === "circle" ? { centre, radiusM: distanceM(centre, edge) } : { corners: points } });
      }
      onDrawn();
    });
  };
  return (
    <div className="space-y-3">
      {(kind === "polygon" || kind === "circle") && (
        <div className="flex flex-wrap items-center gap-3">
          <button
            className="min-h-9 rounded-lg border border-accent px-3 font-medium text-accent text-data hover:bg-accent/10"
            onClick={() => draw(kind)}
            type="button"
          >
            {area === null ? alerts.draw : alerts.drawAgain}
          </button>
          {area !== null && <span className="text-soft text-xs">{describe(area, alerts, formats)}</span>}
        </div>
      )}
      <label className="block text-muted text-xs">
        {alerts.when}
        <select
          className={FIELD}
          onChange={({ target }) => change({ on: target.value as FenceTerms["on"] })}
          value={terms.on}
        >
          {(["enter", "leave", "both"] as const).map((on) => (
            <option key={on} value={on}>
              {alerts.whenWords[on]}
            </option>
          ))}
        </select>
      </label>
      <details>
        <summary className="cursor-pointer text-soft text-xs">{alerts.limits}</summary>
        <div className="mt-2 grid grid-cols-2 gap-3">
          <NumberField
            label={alerts.lowest({ unit: formats.altitudeUnit })}
            onChange={(value) => change({ lowestFt: value === null ? null : formats.altitudeFt(value) })}
            value={terms.lowestFt === null ? null : formats.altitudeNumber(terms.lowestFt)}
          />
          <NumberField
            label={alerts.highest({ unit: formats.altitudeUnit })}
            onChange={(value) => change({ highestFt: value === null ? null : formats.altitudeFt(value) })}
            value={terms.highestFt === null ? null : formats.altitudeNumber(terms.highestFt)}
          />
          <NumberField
            label={alerts.slowest({ unit: formats.speedUnit })}
            onChange={(value) => change({ slowestKt: value === null ? null : formats.speedKt(value) })}
            value={terms.slowestKt === null ? null : formats.speedNumber(terms.slowestKt)}
          />
          <NumberField
            label={alerts.fastest({ unit: formats.speedUnit })}
            onChange={(value) => change({ fastestKt: value === null ? null : formats.speedKt(value) })}
            value={terms.fastestKt === null ? null : formats.speedNumber(terms.fastestKt)}
          />
          <label className="col-span-2 block text-muted text-xs">
            {alerts.types}
            <input
              className={FIELD}
              maxLength={100}
              onChange={({ target }) => change({ types: target.value })}
              placeholder={alerts.typesHint}
              spellCheck={false}
              value={terms.types}
            />
          </label>
        </div>
      </details>
      <label className="flex items-center gap-2 text-soft text-sm">
        <input
          checked={terms.hasSound}
          className="size-4 accent-accent"
          onChange={({ target }) => change({ hasSound: target.checked })}
          type="checkbox"
        />
        {alerts.sound}
      </label>
    </div>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number | null;
  onChange(value: number | null): void;
}

function NumberField({ label, value, onChange }: NumberProps) {
  const id = useId();
  return (
    <label className="block text-muted text-xs" htmlFor={id}>
      {label}
      <input
        className={FIELD}
        id={id}
        inputMode="numeric"
        onChange={({ target }) => {
          const number = Number.parseInt(target.value, 10);
          onChange(Number.isFinite(number) ? number : null);
        }}
        type="text"
        value={value ?? ""}
      />
    </label>
  );
}

function describe(area: Area, alerts: LaterTexts["alerts"], formats: Formats): string {
  if ("centre" in area) return alerts.circleOf({ radius: formats.distance(area.radiusM) });
  return "corners" in area ? alerts.polygonOf({ corners: area.corners.length }) : "";
}
