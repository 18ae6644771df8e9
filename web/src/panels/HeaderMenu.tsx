// The menu of a narrow header: all its tools, with their names.
import type { Theme } from "@/map/palette";
import { useTexts } from "@/texts/TextsContext";
import { Icon, type IconName } from "./Icon";
import type { Action } from "./shortcuts";

interface Props {
  readonly theme: Theme;
  readonly hasPast: boolean;
  onAction(action: Action): void;
}

export function HeaderMenu({ theme, hasPast, onAction }: Props) {
  const { header } = useTexts();
  const items: readonly (readonly [Action, IconName, string])[] = [
    ...(hasPast ? [["past", "history", header.past] as const] : []),
    ["share", "share", header.share],
    ["theme", theme === "dark" ? "sun" : "moon", theme === "dark" ? header.lightTheme : header.darkTheme],
    ["help", "help", header.help],
    ["settings", "settings", header.settings],
  ];
  return (
    <fieldset
      aria-label={header.more}
      className="absolute top-11 right-0 z-30 flex max-h-[calc(100cqh-5rem)] w-max max-w-[calc(100cqw-1rem)] flex-col overflow-y-auto rounded-xl border border-line bg-raised p-1.5 shadow-xl"
    >
      {items.map(([action, icon, name]) => (
        <button
          className="flex min-h-10 items-center gap-3 rounded-lg px-3 py-1.5 text-left text-sm text-soft hover:bg-sunken hover:text-ink"
          key={action}
          onClick={() => onAction(action)}
          type="button"
        >
          <Icon name={icon} />
          {name}
        </button>
      ))}
    </fieldset>
  );
}
