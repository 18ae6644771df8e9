// The timeline under the map: the strip and its controls. On a phone it is there while the past is shown; on a wide screen
// always, for a tracker that keeps a history.
"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { gapAt } from "@/flights/past/history";
import { useLaterTexts } from "@/texts/later";
import { Icon, type IconName } from "../Icon";
import { usePreferences } from "../preferences/Preferences";
import { JumpForm } from "./JumpForm";
import { MomentWords } from "./moments";
import type { PastState } from "./pastState";
import { SPEEDS, type Speed } from "./playback";
import type { PastPlayer } from "./player";
import { Strip, type StripHandle, ZOOM_STEP } from "./Strip";

const CLOCK_MS = 200;

interface Props {
  readonly player: PastPlayer;
  readonly state: PastState;
}

export function Timeline({ player, state }: Props) {
  const { language, theme } = usePreferences();
  const { timeline: texts } = useLaterTexts();
  const words = useMemo(() => new MomentWords(language), [language]);
  const strip = useRef<StripHandle | null>(null);
  const [isJumping, setJumping] = useState(false);
  const { isOn, isPlaying, speed } = state;

  return (
    <section
      aria-label={texts.label}
      className={`timeline relative z-[850] flex-none flex-wrap items-center gap-x-2 gap-y-1.5 border-t bg-panel px-2 py-1.5 wide:flex wide:flex-nowrap wide:px-4 ${isOn ? "flex border-warn" : "hidden border-line"}`}
      data-past={isOn}
    >
      {isJumping && (
        <JumpForm
          onClose={() => setJumping(false)}
          onGo={(timeMs) => {
            setJumping(false);
            player.seek(timeMs);
            strip.current?.reveal(player.timeMs());
          }}
          player={player}
          texts={texts}
        />
      )}
      <div className="order-2 flex flex-1 items-center gap-1.5 wide:order-none wide:flex-none">
        {isOn ? (
          <Button
            icon={isPlaying ? "pause" : "play"}
            isMain
            label={isPlaying ? texts.pause : texts.play}
            onClick={() => player.play(!isPlaying)}
          />
        ) : (
          <Button icon="history" label={texts.past} onClick={() => player.begin()} />
        )}
        <Clock
          isOn={isOn}
          label={texts.jump}
          live={texts.live}
          onClick={() => setJumping(!isJumping)}
          player={player}
          words={words}
        />
        <label className="flex-none text-data">
          <span className="sr-only">{texts.speed}</span>
          <select
            className="h-11 rounded-lg border border-line bg-sunken px-1.5 text-ink wide:h-9"
            disabled={!isOn}
            onChange={({ target }) => player.setSpeed(Number(target.value) as Speed)}
            value={speed}
          >
            {SPEEDS.map((each) => (
              <option key={each} value={each}>
                {each} ×
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="order-1 w-full min-w-0 wide:order-none wide:w-auto wide:flex-1">
        <Strip handle={strip} player={player} texts={texts} theme={theme} words={words} />
      </div>
      <div className="order-3 flex items-center gap-1.5 wide:order-none">
        <span className="hidden gap-1.5 wide:flex">
          <Button icon="minus" label={texts.zoomOut} onClick={() => strip.current?.zoom(ZOOM_STEP)} />
          <Button icon="plus" label={texts.zoomIn} onClick={() => strip.current?.zoom(1 / ZOOM_STEP)} />
        </span>
        <button
          aria-pressed={!isOn}
          className="flex h-11 flex-none items-center gap-2 rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-accent hover:text-accent aria-pressed:border-accent aria-pressed:text-accent wide:h-9"
          onClick={() => player.end()}
          type="button"
        >
          <span aria-hidden="true" className={`size-2 rounded-full ${isOn ? "bg-muted" : "bg-accent"}`} />
          {texts.live}
        </button>
      </div>
    </section>
  );
}

interface BannerProps extends Props {
  onLive(): void;
}

/** Across the page while the past is shown: what is looked at cannot be mistaken. */
export function PastBanner({ player, state, onLive }: BannerProps) {
  const { language } = usePreferences();
  const { timeline: texts } = useLaterTexts();
  const words = useMemo(() => new MomentWords(language), [language]);
  const clock = useRef<HTMLSpanElement>(null);
  useClock(() => {
    const timeMs = player.timeMs();
    if (clock.current === null) return;
    clock.current.textContent = `${words.date(timeMs)} · ${words.both(timeMs)}`;
  });
  const { history, failure, isWaiting } = state;
  const gap = history === null ? null : gapAt(history, player.timeMs());
  const notice =
    failure !== null
      ? texts.failed({ detail: failure.detail })
      : gap !== null
        ? texts.gap({ from: words.full(gap.fromMs), to: words.full(gap.toMs) })
        : isWaiting
          ? texts.loading
          : "";
  return (
    <section
      aria-label={texts.past}
      className="past-banner z-10 flex flex-none flex-wrap items-center gap-x-4 gap-y-0.5 bg-warn px-3 py-1.5 text-on-warn text-sm wide:px-4"
    >
      <p className="hidden font-semibold wide:block">{texts.lookingAt}</p>
      <p className="min-w-0 font-medium tabular-nums">
        <span ref={clock} />
      </p>
      <p className="min-w-0 flex-1 text-xs" role="status">
        {notice}
      </p>
      <button
        className="hidden h-8 flex-none items-center gap-2 rounded-lg border border-on-warn/50 px-3 font-semibold text-data wide:flex"
        onClick={onLive}
        type="button"
      >
        {texts.backToLive}
        <kbd className="rounded border border-on-warn/50 px-1 font-mono text-2xs">R</kbd>
      </button>
    </section>
  );
}

interface ClockProps {
  readonly player: PastPlayer;
  readonly words: MomentWords;
  readonly isOn: boolean;
  readonly label: string;
  readonly live: string;
  onClick(): void;
}

/** The time where the screen is and in UTC; a click leads to another. */
function Clock({ player, words, isOn, label, live, onClick }: ClockProps) {
  const local = useRef<HTMLSpanElement>(null);
  const utc = useRef<HTMLSpanElement>(null);
  useClock(() => {
    const timeMs = player.timeMs();
    if (local.current !== null) local.current.textContent = words.second(timeMs);
    if (utc.current !== null) {
      utc.current.textContent = `${isOn ? words.shortDay(timeMs) : live} · ${words.utc(timeMs)}`;
    }
  });
  return (
    <button
      className={`flex h-11 min-w-[10.5rem] flex-1 flex-col justify-center rounded-lg border px-2.5 text-left leading-tight wide:h-12 wide:flex-none ${isOn ? "border-warn text-warn" : "border-line text-soft"}`}
      onClick={onClick}
      title={label}
      type="button"
    >
      <span className="sr-only">{label}: </span>
      <span className="font-semibold text-base tabular-nums" ref={local} />
      <span className="whitespace-nowrap text-2xs tabular-nums" ref={utc} />
    </button>
  );
}

/** Call several times a second, and now. */
function useClock(tick: () => void): void {
  const latest = useRef(tick);
  latest.current = tick;
  useEffect(() => {
    latest.current();
    const timer = setInterval(() => latest.current(), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
}

interface ButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isMain?: boolean;
  onClick(): void;
}

function Button({ icon, label, isMain = false, onClick }: ButtonProps) {
  return (
    <button
      aria-label={label}
      className={`grid size-11 flex-none place-items-center rounded-full wide:size-9 ${isMain ? "bg-warn text-on-warn hover:opacity-90" : "border border-line text-soft hover:border-accent hover:text-accent"}`}
      onClick={onClick}
      title={label}
      type="button"
    >
      <Icon name={icon} size={18} />
    </button>
  );
}
