// Runs in the document's head, before React: what a person chose, else what the system prefers, else dark.

export const THEME_KEY = "flighttracker.theme";

export const THEME_SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}")}catch(e){}
document.documentElement.dataset.theme=t==="dark"||t==="light"?t:matchMedia("(prefers-color-scheme: light)").matches?"light":"dark"`;
