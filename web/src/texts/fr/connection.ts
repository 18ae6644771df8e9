// Français: the connection, signing in, and the messages over the map.
import type { Texts } from "../en";

export const connection: Texts["connection"] = {
  connecting: "Connexion",
  connectingSentence: "Connexion à la passerelle.",
  loading: "Chargement",
  loadingSentence: "Connecté. En attente de la première image.",
  reconnecting: "Reconnexion",
  reconnectingSentence: (why) => `${why} La dernière image reste, la connexion reprend.`,
  pictureAge: (why, age) => `${why} L'image date de ${age}.`,
  notConnected: "Non connecté",
  tryingAgain: (why) => `${why} Nouvel essai en cours.`,
  outdated: "Dépassée",
  outdatedSentence: "Le serveur parle une langue plus récente que cette page. Rechargez-la pour continuer.",
  unsupported: "Incompatible",
  unsupportedSentence: "Ce navigateur est trop ancien pour la carte en direct : il ne décompresse pas le flux.",
  live: "En direct",
  liveSentence: "En direct.",
  stale: "Périmée",
  stalePart: "Une partie de l'image est périmée",
  staleAll: "L'image est périmée",
  staleSentence: (part) => `${part} : le serveur n'a rien envoyé de nouveau.`,
  staleBanner: (part, age) =>
    `${part} : les positions les plus récentes datent de ${age}. La suite viendra dès que le serveur enverra de nouveau.`,
  restarting: "La passerelle redémarre.",
  tooSlow: "Cette connexion était trop lente pour le flux.",
  refused: (reason) =>
    reason === "" ? "La passerelle a refusé cette page." : `La passerelle a refusé cette page : ${reason}.`,
  signedOut: "Déconnecté",
  tokenMissing: "Ce suivi demande un jeton.",
  tokenRefused: "Le jeton n'est pas valide, ou ne l'est plus.",
  tokenTooWeak: "Le jeton ne permet pas de regarder ce suivi.",
  tokenEnds: (time) => `Votre jeton expire dans ${time}.`,
  tokenEndsSoon: "Votre jeton expire bientôt.",
  signIn: "Saisir un jeton",
  unreachable: "La passerelle est injoignable.",
  lost: "La connexion est perdue.",
  offline: "Cet appareil est hors ligne.",
  nowConnecting: "Connexion …",
  connectingIn: (seconds) => `Nouvel essai dans ${seconds} s.`,
  connectNow: "Connecter",
  reload: "Recharger",
};

export const signIn: Texts["signIn"] = {
  title: "Connexion",
  intro: "Ce suivi montre ses avions aux personnes qui ont un jeton. La personne qui le gère vous en donne un.",
  token: "Jeton",
  hint: "Gardé jusqu'à la fermeture de cet onglet, et montré à cette passerelle seulement.",
  submit: "Se connecter",
  checking: "Vérification …",
  noToken: "Ce n'est pas un jeton : un jeton a trois parties séparées par des points, comme eyJ….eyJ….c2l….",
  foreign: "Cette page ne montre de jeton qu'à une passerelle de sa propre origine, et celle-ci en a une autre.",
  gatewaySays: (detail) => `La passerelle dit : ${detail}`,
  signOut: "Se déconnecter",
  signOutHint: "Oublie le jeton ici, et y met fin à la passerelle.",
};

export const notices: Texts["notices"] = {
  empty: "Connecté. Aucun avion ne signale sa position pour le moment.",
  noMatch: "Aucun avion ne correspond aux filtres.",
  clearFilters: "Effacer les filtres",
  closeMessage: "Fermer ce message",
  tilesFailed: "Les tuiles de la carte ne se chargent pas ; voici la carte intégrée.",
  canvas: (reason) => `Dessin sans WebGL2 (${reason}) : le mouvement est moins fluide.`,
  storageRefused:
    "Ce navigateur n'enregistre rien pour cette page : les réglages et les règles durent jusqu'à sa fermeture.",
  clockWrong: (minutes, isFast) =>
    `L'horloge de cet appareil ${isFast ? "avance" : "retarde"} de ${minutes}. Âges et positions suivent celle du serveur.`,
  pausedFor: (age) => `Cette page a été en pause pendant ${age}. Elle est de nouveau à jour.`,
  linkCopied: "Le lien vers cette vue est copié.",
  linkNotCopied: "Ce navigateur ne laisse pas la page copier. La barre d'adresse contient le lien.",
  tooManyTerms: (used, given) =>
    `La recherche utilise les ${used} premiers termes sur ${given}. Filtrez par pays, type ou exploitant pour en trouver plus.`,
  selectedGone: "L'avion choisi n'est pas signalé.",
};
