// The alerts as React state: the stored rules, the list, and desktop notifications where they are enabled.
"use client";

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { FlightsClient } from "@/flights/client";
import type { AlertArea } from "@/map/alertAreas";
import { withLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { usePreferences } from "../preferences/Preferences";
import { stored } from "../preferences/storage";
import type { Rule } from "./rules";
import type { AlertEvent, Alerts, AlertWatch } from "./watch";

const NONE: Alerts = { rules: [], events: [], unread: 0, hasDropped: false };

export interface AlertsHandle {
  readonly alerts: Alerts;
  /** The newest events, until they are closed or read. */
  readonly latest: readonly AlertEvent[];
  /** Of the rules that are on. */
  readonly areas: readonly AlertArea[];
  /** Whether desktop notifications are on, off, blocked or unsupported. */
  readonly notifications: "on" | "off" | "denied" | "missing";
  setRules(rules: readonly Rule[]): void;
  setNotifications(isOn: boolean): void;
  closeLatest(): void;
  read(): void;
  clear(): void;
}

/** @param client null until the first picture, which appears sooner without the alerts. */
export function useAlerts(client: FlightsClient | null): AlertsHandle {
  const { language } = useFormats();
  const { keep } = usePreferences();
  const [watch, setWatch] = useState<AlertWatch | null>(null);
  const [latest, setLatest] = useState<readonly AlertEvent[]>([]);
  const [notifications, setState] = useState<AlertsHandle["notifications"]>("off");
  const spoken = useRef(language);
  spoken.current = language;

  useEffect(() => setState(notificationState()), []);
  useEffect(() => {
    if (client === null) return;
    let made: AlertWatch | null = null;
    let isOver = false;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      Promise.all([import("./watch"), import("./rules"), import("./alertWords")])
        .then(([{ AlertWatch: Watch }, { parseRules }, { sentenceOf }]) => {
          if (isOver) return;
          made = new Watch(client, (events) => {
            setLatest((before) => [...events, ...before].slice(0, MOST_LATEST));
            if (events.some(({ rule }) => rule.terms?.hasSound)) playSound();
            withLaterTexts(spoken.current, (texts) => notifyOf(events.map((event) => sentenceOf(event, texts))));
          });
          made.begin(parseRules(stored("alerts")));
          setWatch(made);
        })
        .catch((error: unknown) => {
          console.warn("the alerts did not load yet:", error);
          retry = setTimeout(load, RETRY_MS);
        });
    };
    load();
    return () => {
      isOver = true;
      clearTimeout(retry);
      made?.close();
      setWatch(null);
    };
  }, [client]);

  const alerts = useSyncExternalStore(watch?.subscribe ?? nothing, watch?.getAlerts ?? none, none);
  const setRules = useCallback(
    (rules: readonly Rule[]) => {
      watch?.setRules(rules);
      keep("alerts", JSON.stringify(rules));
    },
    [watch, keep],
  );
  const setNotifications = useCallback(
    (isOn: boolean) => {
      keep("notifications", isOn ? "on" : null);
      if (!isOn) setState("off");
      else void Notification.requestPermission().then((answer) => setState(answer === "granted" ? "on" : "denied"));
    },
    [keep],
  );
  const closeLatest = useCallback(() => setLatest([]), []);
  const read = useCallback(() => {
    watch?.read();
    setLatest((before) => (before.length === 0 ? before : []));
  }, [watch]);
  const clear = useCallback(() => {
    watch?.clear();
    setLatest([]);
  }, [watch]);
  const { rules } = alerts;
  const areas = useMemo(
    () => rules.flatMap(({ isOn, area, value }) => (isOn && area !== null ? [{ name: value, area }] : [])),
    [rules],
  );
  return { alerts, areas, latest, notifications, setRules, setNotifications, closeLatest, read, clear };
}

const MOST_LATEST = 50;
const RETRY_MS = 5_000;

function notificationState(): AlertsHandle["notifications"] {
  if (typeof Notification === "undefined") return "missing";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && stored("notifications") === "on" ? "on" : "off";
}

/** One notification for all events of a moment, and only while the page is in the background. */
function notifyOf(sentences: readonly string[]): void {
  if (document.visibilityState === "visible" || notificationState() !== "on") return;
  try {
    new Notification(sentences[0] ?? "", { body: sentences.slice(1, 4).join("\n"), tag: "flighttracker" });
  } catch (error) {
    // Android allows them to service workers only.
    console.warn("the browser showed no notification:", error);
  }
}

function playSound(): void {
  import("./sound")
    .then(({ playAlert }) => playAlert())
    .catch((error: unknown) => console.warn("the browser played no sound:", error));
}

function nothing(): () => void {
  return () => {};
}

function none(): Alerts {
  return NONE;
}
