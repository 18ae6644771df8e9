import { FlightTracker } from "@/panels/FlightTracker";
import { Installable } from "@/panels/preferences/Installable";
import { PreferencesProvider } from "@/panels/preferences/Preferences";

export default function Page() {
  return (
    <PreferencesProvider>
      <Installable />
      <FlightTracker />
    </PreferencesProvider>
  );
}
