// The settings. Each choice takes effect at once.
"use client";

import { LANGUAGE_NAMES, LANGUAGES } from "@/texts/language";
import { useLaterTexts } from "@/texts/later";
import { Choices, Switch } from "../Controls";
import { Dialog } from "../Dialog";
import { usePreferences } from "./Preferences";
import { THEME_CHOICES } from "./preferences";
import { UnitChoices } from "./UnitChoices";
import { useInstall } from "./useInstall";

interface Props {
  readonly version: string;
  /** Null where no token is shown. */
  readonly onSignOut: (() => void) | null;
  onClose(): void;
}

export function SettingsDialog({ version, onSignOut, onClose }: Props) {
  const { settings, signIn, display } = useLaterTexts();
  const { preferences, change } = usePreferences();
  const install = useInstall();
  return (
    <Dialog onClose={onClose} title={settings.title}>
      <div className="space-y-6">
        <Choices
          label={settings.theme}
          name="theme"
          onChoose={(theme) => change({ theme })}
          options={THEME_CHOICES.map((value) => ({ value, label: settings[value] }))}
          value={preferences.theme}
        />
        <UnitChoices onChange={(units) => change({ units })} units={preferences.units} />
        <Choices
          label={settings.language}
          name="language"
          onChoose={(language) => change({ language: language === "browser" ? null : language })}
          options={[
            { value: "browser" as const, label: settings.browserLanguage },
            ...LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value], lang: value })),
          ]}
          value={preferences.language ?? ("browser" as const)}
        />
        <Switch isOn={preferences.hasClock} onChange={(hasClock) => change({ hasClock })}>
          {display.clock}
        </Switch>
        <Switch
          hint={settings.shortcutsHint}
          isOn={preferences.hasShortcuts}
          onChange={(hasShortcuts) => change({ hasShortcuts })}
        >
          {settings.shortcuts}
        </Switch>
        {install !== null && (
          <button
            className="h-10 w-full rounded-lg bg-accent px-4 font-medium text-on-accent text-sm hover:opacity-90"
            onClick={install}
            type="button"
          >
            {settings.install}
          </button>
        )}
        {onSignOut !== null && (
          <div className="flex items-center justify-between gap-4">
            <p className="text-muted text-xs">{signIn.signOutHint}</p>
            <button
              className="h-9 flex-none rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-danger hover:text-danger"
              onClick={() => {
                onSignOut();
                onClose();
              }}
              type="button"
            >
              {signIn.signOut}
            </button>
          </div>
        )}
        <p className="border-line border-t pt-4 text-muted text-xs leading-relaxed">
          {version !== "" && <>{settings.about({ version })} · </>}
          {settings.apis}
        </p>
      </div>
    </Dialog>
  );
}
