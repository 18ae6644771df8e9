// The controls of the replay, over the foot of the map. The slider and the clock move by themselves a few times a
// second, without React.
"use client";

import { useEffect, useRef } from "react";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { type ReplayPlayer, type ReplayState, SPEEDS, type Speed } from "./player";

const MOVE_MS = 200;

interface Props {
  readonly player: ReplayPlayer;
  readonly state: ReplayState;
  onEnd(): void;
}

export function ReplayBar({ player, state, onEnd }: Props) {
  const texts = useTexts();
  const formats = useFormats();
  const slider = useRef<HTMLInputElement>(null);
  const clock = useRef<HTMLOutputElement>(null);

  useEffect(() => {
    const move = () => {
      const { fromMs, toMs } = player.range();
      const nowMs = player.timeMs();
      if (slider.current !== null) {
        slider.current.min = "0";
        slider.current.max = String(Math.round((toMs - fromMs) / 1000));
        slider.current.value = String(Math.round((nowMs - fromMs) / 1000));
        slider.current.setAttribute("aria-valuetext", formats.timeOfDay(nowMs));
      }
      if (clock.current !== null) clock.current.textContent = formats.timeOfDay(nowMs);
    };
    move();
    const timer = setInterval(move, MOVE_MS);
    return () => clearInterval(timer);
  }, [player, formats]);

  return (
    <section
      aria-label={texts.replay.label}
      data-covers-map
      className="replay-bar map-overlay absolute inset-x-2 bottom-[calc(var(--sheet-peek)+0.5rem)] z-[660] flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-xl border border-accent/50 bg-raised/95 px-3 py-2.5 shadow-xl wide:inset-x-auto wide:bottom-4 wide:left-1/2 wide:w-[min(46rem,calc(100%-2rem))] wide:-translate-x-1/2"
    >
      <button
        aria-label={state.isPlaying ? texts.replay.pause : texts.replay.play}
        className="grid size-9 flex-none place-items-center rounded-full bg-accent text-on-accent hover:opacity-90"
        onClick={() => player.play(!state.isPlaying)}
        type="button"
      >
        <Icon name={state.isPlaying ? "pause" : "play"} size={18} />
      </button>
      <output className="w-[4.75rem] flex-none font-medium text-ink text-sm tabular-nums" ref={clock} />
      <input
        aria-label={texts.replay.time}
        className="h-6 min-w-32 flex-1 accent-accent"
        defaultValue={0}
        onChange={({ target }) => player.seek(player.range().fromMs + Number(target.value) * 1000)}
        ref={slider}
        step={1}
        type="range"
      />
      <label className="flex-none text-data">
        <span className="sr-only">{texts.replay.speed}</span>
        <select
          className="h-9 rounded-lg border border-line bg-sunken px-2 text-ink"
          onChange={({ target }) => player.setSpeed(Number(target.value) as Speed)}
          value={state.speed}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed} ×
            </option>
          ))}
        </select>
      </label>
      <p className="min-w-0 flex-1 basis-40 text-muted text-xs wide:order-last wide:basis-full">
        {texts.replay.note(formats.age(player.recording.spanMs))}
      </p>
      <button
        className="h-9 flex-none rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-accent hover:text-accent"
        onClick={onEnd}
        type="button"
      >
        {texts.replay.live}
      </button>
    </section>
  );
}
