// The words of the timeline in all languages. They load with it, because the page's first load is full.
import { timeline as de } from "./de/timeline";
import { timeline as en, type TimelineTexts } from "./en/timeline";
import { timeline as fr } from "./fr/timeline";
import type { Language } from "./language";

export const TIMELINE_TEXTS: Readonly<Record<Language, TimelineTexts>> = { en, de, fr };
