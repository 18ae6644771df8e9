// Runs in the document's head, before React: theme and language of the address, else from storage, else from the
// system. A page in another language stays hidden until its texts are loaded (globals.css). Same rules as preferences.ts,
// in syntax that every browser supports.
import { LANGUAGES } from "@/texts/language";

export const HEAD_SCRIPT = `(function(){var e=document.documentElement,p=new URLSearchParams(location.search);
function f(n,w){var v=p.get(n);if(w.indexOf(v)<0)try{v=localStorage.getItem("flighttracker."+n)}catch(e){}return w.indexOf(v)<0?null:v}
var t=f("theme",["dark","light","system"]);
if(p.has("kiosk"))e.dataset.kiosk="";
e.dataset.theme=t==="dark"||t==="light"?t:matchMedia("(prefers-color-scheme: light)").matches?"light":"dark";
var w=${JSON.stringify(LANGUAGES)},l=f("lang",w);
if(!l){var a=navigator.languages||[];for(var i=0;i<a.length&&!l;i++){var b=a[i].toLowerCase().split("-")[0];if(w.indexOf(b)>=0)l=b}}
e.lang=l||"en";if(e.lang!=="en")e.dataset.words="coming"})()`;
