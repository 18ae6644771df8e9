// The keyboard shortcuts.
"use client";

import { useLaterTexts } from "@/texts/later";
import { Dialog } from "./Dialog";
import { keyName } from "./keyName";
import { type Action, KEYS } from "./shortcuts";

export function HelpDialog({ onClose }: { onClose(): void }) {
  const { help } = useLaterTexts();
  const names = help.keyNames;
  return (
    <Dialog isWide onClose={onClose} title={help.title}>
      <Keys
        rows={(Object.keys(KEYS) as Action[]).map((action) => [
          [action === "close" ? names.escape : keyName(action)],
          help.keys[action],
        ])}
        title={help.everywhere}
      />
      <Keys
        rows={[
          [["↑", "↓"], help.keys.rows],
          [[names.pageUp, names.pageDown], help.keys.pages],
          [[names.home, names.end], help.keys.ends],
          [[names.enter], help.keys.select],
          [[names.shift, "←", "→"], help.keys.width],
          [["←", "→", names.enter], help.keys.group],
        ]}
        title={help.inTheTable}
      />
      <Keys
        rows={[
          [[names.space], help.keys.play],
          [["←", "→"], help.keys.moment],
          [[names.home, names.end], help.keys.edges],
          [["+", "−"], help.keys.zoom],
        ]}
        title={help.onTheTimeline}
      />
      <p className="text-muted text-sm">{help.mapKeys}</p>
      <p className="mt-2 text-muted text-sm">{help.listKeys}</p>
      <p className="mt-2 text-muted text-sm">{help.codes}</p>
    </Dialog>
  );
}

interface KeysProps {
  readonly title: string;
  /** Keys and what they do. */
  readonly rows: readonly (readonly [readonly string[], string])[];
}

function Keys({ title, rows }: KeysProps) {
  return (
    <section className="mb-5">
      <h3 className="mb-2 font-medium text-muted text-xs">{title}</h3>
      <dl className="grid gap-x-8 gap-y-2 sm:grid-cols-2">
        {rows.map(([keys, meaning]) => (
          <div className="flex items-center gap-3 text-sm" key={meaning}>
            <dt className="w-32 flex-none whitespace-nowrap">
              {keys.map((name) => (
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
