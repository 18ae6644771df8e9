// Français: the connection, and the messages over the map.
import type { Texts } from "../en";

export const connection: Texts["connection"] = {
  connecting: "Connexion",
  connectingSentence: "Connexion à la passerelle.",
  loading: "Chargement",
  loadingSentence: "Connecté. Chargement des avions.",
  reconnecting: "Reconnexion",
  reconnectingSentence: (why) => `${why} Reconnexion en cours. La carte montre les dernières positions connues.`,
  positionsAge: (why, age) => `${why} Les positions datent de ${age}.`,
  notConnected: "Non connecté",
  tryingAgain: (why) => `${why} Nouvel essai en cours.`,
  outdated: "Obsolète",
  outdatedSentence: "Le serveur utilise une version plus récente du protocole. Rechargez la page.",
  unsupported: "Incompatible",
  unsupportedSentence: "Ce navigateur est trop ancien pour la carte en direct : il ne sait pas décompresser le flux.",
  live: "En direct",
  liveSentence: "En direct.",
  stale: "Données anciennes",
  stalePart: "Une partie des positions est ancienne",
  staleAll: "Toutes les positions sont anciennes",
  staleSentence: (part) => `${part} : le serveur n'envoie pas de mises à jour.`,
  staleBanner: (part, age) =>
    `${part} : les plus récentes datent de ${age}. Les mises à jour reprendront automatiquement.`,
  restarting: "La passerelle redémarre.",
  tooSlow: "Cette connexion était trop lente pour le flux.",
  refused: (reason) =>
    reason === "" ? "La passerelle a refusé la connexion." : `La passerelle a refusé la connexion : ${reason}.`,
  signedOut: "Déconnecté",
  tokenMissing: "Ce suivi exige un jeton.",
  tokenRefused: "Le jeton n'est pas valide ou a expiré.",
  tokenTooWeak: "Le jeton ne permet pas de consulter ce suivi.",
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

export const notices: Texts["notices"] = {
  noHistory: "Ce tracker ne conserve pas d'historique.",
  empty: "Connecté. Aucun avion ne signale sa position pour le moment.",
  noMatch: "Aucun avion ne correspond aux filtres.",
  clearFilters: "Effacer les filtres",
  closeMessage: "Fermer ce message",
  canvas: (reason) => `WebGL2 n'est pas disponible (${reason}). Le mouvement est moins fluide.`,
  storageRefused:
    "Ce navigateur bloque le stockage pour cette page. Les réglages et les règles d'alerte sont perdus à sa fermeture.",
  clockWrong: (minutes, isFast) =>
    `L'horloge de cet appareil ${isFast ? "avance" : "retarde"} de ${minutes}. La page utilise celle du serveur.`,
  pausedFor: (age) => `Cette page a été en pause pendant ${age}. Elle est de nouveau à jour.`,
  linkCopied: "Lien copié.",
  linkNotCopied: "Ce navigateur bloque la copie. Copiez le lien depuis la barre d'adresse.",
  tooManyTerms: (used, given) =>
    `La recherche utilise les ${used} premiers termes sur ${given}. Pour voir plus d'avions, filtrez par pays, type ou exploitant.`,
};
