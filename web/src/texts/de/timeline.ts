// Deutsch: the timeline and the past.
import type { LaterTexts } from "../later";

export const timeline: LaterTexts["timeline"] = {
  label: "Zeitleiste",
  slider: "Zeitpunkt",
  live: "Live",
  backToLive: "Zurück zu Live",
  past: "Rückblick",
  lookingAt: "Sie sehen die Vergangenheit",
  play: "Abspielen",
  pause: "Anhalten",
  speed: "Tempo",
  zoomIn: "Weniger Zeit zeigen",
  zoomOut: "Mehr Zeit zeigen",
  jump: "Zu einem Zeitpunkt gehen",
  when: "Datum und Uhrzeit",
  utc: "UTC statt Ortszeit",
  go: "Gehe zu",
  tenMinutesAgo: "Vor 10 Minuten",
  anHourAgo: "Vor 1 Stunde",
  yesterday: "Gestern um diese Zeit",
  lastNight: "Letzte Nacht, 22:00",
  loading: "Lädt …",
  gap: (from, to) => `Von ${from} bis ${to} wurde nichts aufgezeichnet`,
  failed: (detail) => `Dieser Zeitpunkt ließ sich nicht laden; neuer Versuch läuft. ${detail}`,
  aircraft: (count) => `${count} Flugzeuge`,
};
