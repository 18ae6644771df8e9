// A small form over the timeline: go to a date and time, or to one that people ask for often.
"use client";

import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { LaterTexts } from "@/texts/later";
import { fieldValue, lastNightMs, timeOfField } from "./moments";
import type { PastPlayer } from "./player";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Props {
  readonly player: PastPlayer;
  readonly texts: LaterTexts["timeline"];
  onGo(timeMs: number): void;
  onClose(): void;
}

export function JumpForm({ player, texts, onGo, onClose }: Props) {
  const [isUtc, setUtc] = useState(false);
  const [value, setValue] = useState(() => fieldValue(player.timeMs(), false));
  const nowMs = player.presentMs();
  const firstMs = player.getState().history?.fromMs ?? nowMs;
  const timeMs = timeOfField(value, isUtc);
  const often = [
    [texts.tenMinutesAgo, nowMs - 10 * MINUTE_MS],
    [texts.anHourAgo, nowMs - 60 * MINUTE_MS],
    [texts.lastNight, lastNightMs(nowMs)],
    [texts.yesterday, nowMs - DAY_MS],
  ] as const;

  const sent = (event: FormEvent) => {
    event.preventDefault();
    if (timeMs !== null) onGo(timeMs);
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  };
  const chooseUtc = (next: boolean) => {
    if (timeMs !== null) setValue(fieldValue(timeMs, next));
    setUtc(next);
  };

  return (
    <form
      aria-label={texts.jump}
      className="absolute bottom-full left-2 mb-2 flex w-[min(26rem,calc(100vw-1rem))] flex-col gap-3 rounded-xl border border-line bg-raised p-3 shadow-xl"
      noValidate
      onKeyDown={keyed}
      onSubmit={sent}
    >
      <div className="flex items-end gap-2">
        <label className="min-w-0 flex-1 text-soft text-xs">
          {texts.when}
          <input
            // biome-ignore lint/a11y/noAutofocus: the form opens on a person's click
            autoFocus
            className="mt-1 h-11 w-full rounded-lg border border-line bg-sunken px-2 text-ink text-sm"
            max={fieldValue(nowMs, isUtc)}
            min={fieldValue(firstMs, isUtc)}
            onChange={({ target }) => setValue(target.value)}
            step={1}
            type="datetime-local"
            value={value}
          />
        </label>
        <button
          className="h-11 flex-none rounded-lg bg-accent px-4 font-medium text-on-accent text-sm disabled:opacity-50"
          disabled={timeMs === null}
          type="submit"
        >
          {texts.go}
        </button>
      </div>
      <label className="flex items-center gap-2 text-soft text-sm">
        <input
          checked={isUtc}
          className="switch"
          onChange={({ target }) => chooseUtc(target.checked)}
          type="checkbox"
        />
        {texts.utc}
      </label>
      <div className="flex flex-wrap gap-2">
        {often
          .filter(([, moment]) => moment >= firstMs)
          .map(([label, moment]) => (
            <button
              className="h-9 rounded-lg border border-line px-3 text-data text-soft hover:border-accent hover:text-accent"
              key={label}
              onClick={() => onGo(moment)}
              type="button"
            >
              {label}
            </button>
          ))}
      </div>
    </form>
  );
}
