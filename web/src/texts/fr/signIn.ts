// Français: signing in.
import type { LaterTexts } from "../later";

export const signIn: LaterTexts["signIn"] = {
  title: "Connexion",
  intro: "Ce suivi exige un jeton. Son exploitant vous en fournit un.",
  token: "Jeton",
  hint: "Gardé jusqu'à la fermeture de cet onglet, et envoyé à cette passerelle seulement.",
  submit: "Se connecter",
  checking: "Vérification …",
  noToken: "Ce n'est pas un jeton. Un jeton a trois parties séparées par des points, comme eyJ….eyJ….c2l….",
  foreign: "Cette page n'envoie de jeton qu'à une passerelle de la même origine. Celle-ci en a une autre.",
  gatewaySays: (detail) => `Passerelle : ${detail}`,
  signOut: "Se déconnecter",
  signOutHint: "Supprime le jeton de cet onglet et le révoque auprès de la passerelle.",
};
