// The options of the map below and above the aircraft: base map, fading, night, graticule, overlays, and files of this device.
"use client";

import { type CSSProperties, useEffect, useId, useRef, useState } from "react";
import { Switch } from "@/panels/Controls";
import { rove } from "@/panels/roving";
import { useLaterTexts } from "@/texts/later";
import type { LaterPart } from "../laterPart";
import { type MapOptions, MOST_FADED_PERCENT } from "../mapOptions";
import type { Backdrop } from "./backdrop";
import { BUILT_IN } from "./baseMaps";

interface Props {
  /** Null while the map is not there. */
  readonly backdrop: LaterPart<Backdrop> | null;
  readonly options: MapOptions;
  onChange(changed: Partial<MapOptions>): void;
}

const ACCEPTED = ".geojson,.json,.kml,.gpx,.pmtiles";

export function BackdropOptions({ backdrop, options, onChange }: Props) {
  const { backdrop: texts } = useLaterTexts();
  const part = usePart(backdrop);
  const opener = useRef<HTMLInputElement>(null);
  const fadeId = useId();
  const mapId = useId();
  const maps = part?.maps ?? [];
  const overlays = part?.overlayList() ?? [];
  const hidden = new Set(options.hiddenOverlays);
  const names = part?.sourceNames ?? [];
  const own = overlays.filter(({ isOwn }) => isOwn);
  const nameOf = (key: string) => (key === BUILT_IN ? texts.builtIn : key === "" ? texts.tiles : key);
  const countOf = (name: string) => overlays.find((one) => one.name === name)?.featureCount;

  const show = (name: string, isShown: boolean) => {
    const others = options.hiddenOverlays.filter((one) => one !== name);
    onChange({ hiddenOverlays: isShown ? others : [...others, name] });
  };
  const line = (name: string) => {
    const count = countOf(name);
    return count === undefined ? "" : texts.places({ count });
  };

  return (
    <>
      <hr className="border-line" />
      {maps.length > 1 && (
        <div className="flex flex-col gap-1">
          <label className="text-soft text-sm" htmlFor={mapId}>
            {texts.map}
          </label>
          <select
            className="min-h-9 rounded-lg border border-line bg-sunken px-2 text-ink text-sm"
            id={mapId}
            onChange={({ target }) => onChange({ baseMap: target.value === maps[0] ? "" : target.value })}
            value={maps.includes(options.baseMap) ? options.baseMap : maps[0]}
          >
            {maps.map((key) => (
              <option key={key} value={key}>
                {nameOf(key)}
              </option>
            ))}
          </select>
        </div>
      )}
      <div className="flex flex-col gap-1">
        <label className="text-soft text-sm" htmlFor={fadeId}>
          {texts.faded}
        </label>
        <input
          aria-valuetext={`${options.fadedPercent} %`}
          className="slider w-full"
          id={fadeId}
          max={MOST_FADED_PERCENT}
          min={0}
          onChange={({ target }) => onChange({ fadedPercent: Number(target.value) })}
          step={10}
          style={{ "--share": `${(100 * options.fadedPercent) / MOST_FADED_PERCENT}%` } as CSSProperties}
          type="range"
          value={options.fadedPercent}
        />
      </div>
      <Switch isOn={options.hasNight} onChange={(hasNight) => onChange({ hasNight })}>
        {texts.night}
      </Switch>
      <Switch isOn={options.hasGraticule} onChange={(hasGraticule) => onChange({ hasGraticule })}>
        {texts.graticule}
      </Switch>
      {names.length + own.length > 0 && (
        <div className="flex flex-col gap-3" ref={rove}>
          {names.map((name) => (
            <Switch hint={line(name)} isOn={!hidden.has(name)} key={name} onChange={(isShown) => show(name, isShown)}>
              {name}
            </Switch>
          ))}
          {own.map(({ name }) => (
            <button
              className="truncate text-left text-accent text-sm hover:underline"
              key={name}
              onClick={() => part?.goToOverlay(name)}
              title={texts.goTo({ name })}
              type="button"
            >
              {name}
              <span className="block text-muted text-xs">{line(name)}</span>
            </button>
          ))}
        </div>
      )}
      <div className="flex flex-col gap-1">
        <input
          accept={ACCEPTED}
          className="sr-only"
          multiple
          onChange={({ target }) => {
            void part?.open([...(target.files ?? [])]);
            target.value = "";
          }}
          ref={opener}
          tabIndex={-1}
          type="file"
          aria-label={texts.open}
        />
        <button
          className="min-h-9 rounded-lg border border-line px-3 text-sm text-soft hover:text-ink"
          onClick={() => opener.current?.click()}
          type="button"
        >
          {texts.open}
        </button>
        <span className="text-muted text-xs">{texts.openHint}</span>
        {own.length > 0 && (
          <button
            className="min-h-9 rounded-lg border border-line px-3 text-sm text-soft hover:text-ink"
            onClick={() => part?.closeOwnFiles()}
            type="button"
          >
            {texts.close}
          </button>
        )}
      </div>
    </>
  );
}

/** The loaded part, and a new rendering whenever its maps or overlays change. */
function usePart(later: LaterPart<Backdrop> | null): Backdrop | null {
  const [part, setPart] = useState<Backdrop | null>(later?.part ?? null);
  const [, setChanges] = useState(0);
  useEffect(() => later?.whenLoaded(setPart), [later]);
  useEffect(() => part?.onChange(() => setChanges((count) => count + 1)), [part]);
  return part;
}
