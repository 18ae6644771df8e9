// The sources of positions: name, state, aircraft.
"use client";

import type { Sources } from "@/flights/sources";
import { useFormats, useTexts } from "@/texts/TextsContext";
import type { Tone } from "../connectionWords";
import { sourceLines } from "../sourceWords";

const DOTS: Readonly<Record<Tone, string>> = {
  good: "bg-accent",
  waiting: "bg-muted",
  warning: "bg-warn",
  bad: "bg-danger",
};

export function SourceList({ sources }: { readonly sources: Sources }) {
  const { sources: texts, aircraft: counted } = useTexts();
  const formats = useFormats();
  return (
    <section className="mt-4" data-testid="sources">
      <h2 className="mb-1.5 font-medium text-soft text-sm">{texts.title}</h2>
      <ul className="rounded-lg border border-line bg-sunken px-3 py-1">
        {sourceLines(sources, texts, formats).map(({ name, tone, words, aircraft }) => (
          <li className="flex items-baseline gap-2 py-1 text-sm" key={name}>
            <span aria-hidden="true" className={`size-2 flex-none self-center rounded-full ${DOTS[tone]}`} />
            <span className="min-w-0 flex-none truncate font-medium text-ink">{name}</span>
            <span className="min-w-0 flex-1 text-soft">{words}</span>
            {aircraft !== null && (
              <span className="flex-none text-muted text-xs tabular-nums">{counted({ count: aircraft })}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
