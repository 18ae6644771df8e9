// Deutsch: signing in.
import type { LaterTexts } from "../later";

export const signIn: LaterTexts["signIn"] = {
  title: "Anmelden",
  intro: "Dieser Tracker verlangt ein Token. Sie bekommen es von seinem Betreiber.",
  token: "Ihr Token",
  hint: "Bleibt gespeichert, bis Sie diesen Tab schließen, und geht nur an dieses Gateway.",
  submit: "Anmelden",
  checking: "Wird geprüft …",
  noToken: "Das ist kein Token. Ein Token hat drei durch Punkte getrennte Teile, etwa eyJ….eyJ….c2l….",
  foreign: "Diese Seite sendet Token nur an ein Gateway derselben Origin. Dieses Gateway hat eine andere.",
  gatewaySays: (detail) => `Gateway: ${detail}`,
  signOut: "Abmelden",
  signOutHint: "Löscht das Token aus diesem Tab und widerruft es am Gateway.",
};
