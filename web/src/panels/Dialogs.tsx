// The dialog that is open: search, help, settings or sign-in.
"use client";

import { useEffect, useState } from "react";
import type { Denial } from "@/flights/config";
import type { Flights } from "@/flights/running";
import { HelpPart, SearchPart, SettingsPart, SignInPart } from "./parts";
import type { SearchSurroundings } from "./search/SearchDialog";

export type DialogName = "search" | "help" | "settings" | "signIn";

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
  readonly search: SearchSurroundings;
  onClose(): void;
}

export function Dialogs({ dialog, flights, search, onClose }: Props) {
  if (dialog === "search") return <SearchPart {...search} onClose={onClose} />;
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
