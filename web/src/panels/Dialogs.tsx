// The dialog that is open: help, settings or sign-in.
"use client";

import { useEffect, useState } from "react";
import type { Denial } from "@/flights/config";
import type { Flights } from "@/flights/running";
import { HelpPart, SettingsPart, SignInPart } from "./parts";

export type DialogName = "help" | "settings" | "signIn";

/** The open dialog and its setter. Sign-in opens by itself, except over aircraft: the banner is enough there. */
export function useDialog(denial: Denial | null, hasPicture: boolean) {
  const [dialog, setDialog] = useState<DialogName | null>(null);
  useEffect(() => {
    if (denial !== null && !hasPicture) setDialog("signIn");
  }, [denial, hasPicture]);
  return [dialog, setDialog] as const;
}

interface Props {
  readonly dialog: DialogName | null;
  readonly flights: Flights | null;
  onClose(): void;
}

export function Dialogs({ dialog, flights, onClose }: Props) {
  if (dialog === "help") return <HelpPart onClose={onClose} />;
  if (dialog === "settings") {
    return (
      <SettingsPart
        onClose={onClose}
        onSignOut={flights === null || flights.tokens.current === "" ? null : flights.signOut}
        version={flights?.config.version ?? ""}
      />
    );
  }
  return dialog === "signIn" && flights !== null ? <SignInPart flights={flights} onClose={onClose} /> : null;
}
