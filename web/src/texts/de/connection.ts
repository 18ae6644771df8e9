// Deutsch: the connection, signing in, and the messages over the map.
import type { Texts } from "../en";

export const connection: Texts["connection"] = {
  connecting: "Verbindet",
  connectingSentence: "Verbindung zum Gateway wird aufgebaut.",
  loading: "Lädt",
  loadingSentence: "Verbunden. Warten auf das erste Bild.",
  reconnecting: "Getrennt",
  reconnectingSentence: (why) => `${why} Das letzte Bild bleibt stehen, die Verbindung wird neu aufgebaut.`,
  pictureAge: (why, age) => `${why} Das Bild ist ${age} alt.`,
  notConnected: "Nicht verbunden",
  tryingAgain: (why) => `${why} Neuer Versuch läuft.`,
  outdated: "Veraltet",
  outdatedSentence: "Der Server spricht eine neuere Sprache als diese Seite. Bitte neu laden.",
  unsupported: "Nicht unterstützt",
  unsupportedSentence: "Dieser Browser ist zu alt für die Live-Karte: Er kann den Datenstrom nicht entpacken.",
  live: "Live",
  liveSentence: "Live.",
  stale: "Alt",
  stalePart: "Ein Teil des Bildes ist alt",
  staleAll: "Das Bild ist alt",
  staleSentence: (part) => `${part}: Der Server hat nichts Neues gesendet.`,
  staleBanner: (part, age) =>
    `${part}: Die neuesten Positionen sind ${age} alt. Es geht von selbst weiter, sobald der Server wieder sendet.`,
  restarting: "Das Gateway startet neu.",
  tooSlow: "Diese Verbindung war zu langsam für den Datenstrom.",
  refused: (reason) =>
    reason === "" ? "Das Gateway hat diese Seite abgewiesen." : `Das Gateway hat diese Seite abgewiesen: ${reason}.`,
  signedOut: "Abgemeldet",
  tokenMissing: "Dieser Tracker fragt nach einem Token.",
  tokenRefused: "Das Token ist nicht oder nicht mehr gültig.",
  tokenTooWeak: "Das Token erlaubt nicht, diesem Tracker zuzusehen.",
  tokenEnds: (time) => `Ihr Token endet in ${time}.`,
  tokenEndsSoon: "Ihr Token endet bald.",
  signIn: "Token eingeben",
  unreachable: "Das Gateway ist nicht erreichbar.",
  lost: "Die Verbindung ist abgerissen.",
  offline: "Dieses Gerät ist offline.",
  nowConnecting: "Verbindet …",
  connectingIn: (seconds) => `Neuer Versuch in ${seconds} s.`,
  connectNow: "Jetzt verbinden",
  reload: "Neu laden",
};

export const signIn: Texts["signIn"] = {
  title: "Anmelden",
  intro: "Dieser Tracker zeigt seine Flugzeuge nur mit einem Token. Sie bekommen es von dem, der ihn betreibt.",
  token: "Ihr Token",
  hint: "Bleibt, bis dieser Tab geschlossen wird, und wird nur diesem Gateway gezeigt.",
  submit: "Anmelden",
  checking: "Wird geprüft …",
  noToken: "Das ist kein Token: Ein Token hat drei Teile mit Punkten dazwischen, etwa eyJ….eyJ….c2l….",
  foreign: "Diese Seite zeigt Token nur einem Gateway ihres eigenen Ursprungs, und dieses hat einen anderen.",
  gatewaySays: (detail) => `Das Gateway sagt: ${detail}`,
  signOut: "Abmelden",
  signOutHint: "Vergisst das Token hier und beendet es am Gateway.",
};

export const notices: Texts["notices"] = {
  empty: "Verbunden. Im Moment meldet kein Flugzeug seine Position.",
  noMatch: "Kein Flugzeug passt zu den Filtern.",
  clearFilters: "Filter löschen",
  closeMessage: "Diese Meldung schließen",
  tilesFailed: "Die Kartenkacheln lassen sich nicht laden; dies ist die eingebaute Karte.",
  canvas: (reason) => `Zeichnet ohne WebGL2 (${reason}): Die Bewegung ist weniger flüssig.`,
  storageRefused:
    "Dieser Browser speichert nichts für diese Seite: Einstellungen und Alarmregeln gelten, bis sie geschlossen wird.",
  clockWrong: (minutes, isFast) =>
    `Die Uhr dieses Geräts geht ${minutes} ${isFast ? "vor" : "nach"}. Alter und Positionen folgen der Uhr des Servers.`,
  pausedFor: (age) => `Diese Seite hat ${age} geruht. Sie ist wieder auf dem neuesten Stand.`,
  linkCopied: "Der Link zu dieser Ansicht ist kopiert.",
  linkNotCopied: "Dieser Browser lässt die Seite nicht kopieren. Der Link steht in der Adresszeile.",
  tooManyTerms: (used, given) =>
    `Die Suche benutzt die ersten ${used} von ${given} Begriffen. Filter nach Land, Muster oder Betreiber finden mehr.`,
  selectedGone: "Das gewählte Flugzeug wird nicht gemeldet.",
};
