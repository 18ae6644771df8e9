// The keyboard shortcuts.
"use client";

import { useLaterTexts } from "@/texts/later";
import { Dialog } from "./Dialog";
import { type Action, KEYS } from "./shortcuts";

const NAMES: Readonly<Record<string, string>> = { Escape: "Esc" };

export function HelpDialog({ onClose }: { onClose(): void }) {
  const { help } = useLaterTexts();
  return (
    <Dialog isWide onClose={onClose} title={help.title}>
      <Keys
        rows={Object.entries(KEYS).map(([action, key]) => [NAMES[key] ?? key, help.keys[action as Action]])}
        title={help.everywhere}
      />
      <Keys
        rows={[
          ["↑ ↓", help.keys.rows],
          ["PgUp PgDn", help.keys.pages],
          ["Home End", help.keys.ends],
          ["Enter", help.keys.select],
          ["Shift ← →", help.keys.width],
          ["← → Enter", help.keys.group],
        ]}
        title={help.inTheTable}
      />
      <Keys
        rows={[
          ["Space", help.keys.play],
          ["← →", help.keys.moment],
          ["Home End", help.keys.edges],
          ["+ −", help.keys.zoom],
        ]}
        title={help.onTheTimeline}
      />
      <p className="text-muted text-sm">{help.mapKeys}</p>
      <p className="mt-2 text-muted text-sm">{help.codes}</p>
    </Dialog>
  );
}

function Keys({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <section className="mb-5">
      <h3 className="mb-2 font-medium text-muted text-xs">{title}</h3>
      <dl className="grid gap-x-8 gap-y-2 sm:grid-cols-2">
        {rows.map(([key, meaning]) => (
          <div className="flex items-center gap-3 text-sm" key={meaning}>
            <dt className="w-28 flex-none whitespace-nowrap">
              {key.split(" ").map((name) => (
                <kbd
                  className="mr-1 inline-block min-w-7 rounded-md border border-line border-b-2 bg-sunken px-1.5 py-0.5 text-center font-mono text-ink text-xs"
                  key={name}
                >
                  {name}
                </kbd>
              ))}
            </dt>
            <dd className="text-soft">{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
