// Deutsch: the connection, and the messages over the map.
import type { Texts } from "../en";

export const connection: Texts["connection"] = {
  connecting: "Verbindet",
  connectingSentence: "Verbindung zum Gateway wird aufgebaut.",
  loading: "Lädt",
  loadingSentence: "Verbunden. Flugzeuge werden geladen.",
  reconnecting: "Verbindet neu",
  reconnectingSentence: (why) =>
    `${why} Verbindung wird neu aufgebaut. Die Karte zeigt die letzten bekannten Positionen.`,
  positionsAge: (why, age) => `${why} Die Positionen sind ${age} alt.`,
  notConnected: "Nicht verbunden",
  tryingAgain: (why) => `${why} Neuer Versuch läuft.`,
  outdated: "Veraltet",
  outdatedSentence: "Der Server verwendet eine neuere Protokollversion. Bitte die Seite neu laden.",
  unsupported: "Nicht unterstützt",
  unsupportedSentence: "Dieser Browser ist zu alt für die Live-Karte: Er kann den Datenstrom nicht entpacken.",
  live: "Live",
  liveSentence: "Live.",
  stale: "Veraltete Daten",
  stalePart: "Ein Teil der Positionen ist veraltet",
  staleAll: "Alle Positionen sind veraltet",
  staleSentence: (part) => `${part}: Der Server sendet keine Aktualisierungen.`,
  staleBanner: (part, age) => `${part}: Die neuesten sind ${age} alt. Aktualisierungen laufen automatisch wieder an.`,
  restarting: "Das Gateway startet neu.",
  tooSlow: "Diese Verbindung war zu langsam für den Datenstrom.",
  refused: (reason) =>
    reason === ""
      ? "Das Gateway hat die Verbindung abgelehnt."
      : `Das Gateway hat die Verbindung abgelehnt: ${reason}.`,
  signedOut: "Abgemeldet",
  tokenMissing: "Dieser Tracker verlangt ein Token.",
  tokenRefused: "Das Token ist ungültig oder abgelaufen.",
  tokenTooWeak: "Das Token berechtigt nicht zum Ansehen dieses Trackers.",
  tokenEnds: (time) => `Ihr Token läuft in ${time} ab.`,
  tokenEndsSoon: "Ihr Token läuft bald ab.",
  signIn: "Token eingeben",
  unreachable: "Das Gateway ist nicht erreichbar.",
  lost: "Die Verbindung ist abgebrochen.",
  offline: "Dieses Gerät ist offline.",
  nowConnecting: "Verbindet …",
  connectingIn: (seconds) => `Neuer Versuch in ${seconds} s.`,
  connectNow: "Jetzt verbinden",
  reload: "Neu laden",
};

export const notices: Texts["notices"] = {
  noHistory: "Dieser Tracker bewahrt keine Vergangenheit auf.",
  empty: "Verbunden. Zurzeit meldet kein Flugzeug seine Position.",
  noMatch: "Kein Flugzeug entspricht den Filtern.",
  clearFilters: "Filter löschen",
  closeMessage: "Diese Meldung schließen",
  canvas: (reason) => `WebGL2 ist nicht verfügbar (${reason}). Die Bewegung ist weniger flüssig.`,
  storageRefused:
    "Dieser Browser erlaubt der Seite keinen Speicher. Einstellungen und Alarmregeln gehen beim Schließen verloren.",
  clockWrong: (minutes, isFast) =>
    `Die Uhr dieses Geräts geht ${minutes} ${isFast ? "vor" : "nach"}. Die Seite verwendet stattdessen die Uhr des Servers.`,
  pausedFor: (age) => `Diese Seite war ${age} angehalten. Sie ist wieder auf dem neuesten Stand.`,
  linkCopied: "Link kopiert.",
  linkNotCopied: "Dieser Browser erlaubt kein Kopieren. Kopieren Sie den Link aus der Adresszeile.",
  tooManyTerms: (used, given) =>
    `Die Suche benutzt die ersten ${used} von ${given} Begriffen. Für mehr Flugzeuge nach Land, Muster oder Betreiber filtern.`,
};
