// The card's button that keeps its aircraft selected while another one's card is open.
import { useSyncExternalStore } from "react";
import { getAlso, subscribeAlso, toggleAlso } from "@/map/alsoSelected";
import { useLaterTexts } from "@/texts/later";
import { Icon } from "../Icon";

export function KeepButton({ icao24 }: { readonly icao24: number }) {
  const also = useSyncExternalStore(subscribeAlso, getAlso, getAlso);
  const { display } = useLaterTexts();
  return (
    <button
      aria-label={display.alsoKeep}
      aria-pressed={also.includes(icao24)}
      className="grid size-8 flex-none place-items-center rounded-lg border border-line text-muted hover:text-accent aria-pressed:border-accent aria-pressed:text-accent"
      onClick={() => toggleAlso(icao24)}
      title={display.alsoKeep}
      type="button"
    >
      <Icon name="plus" size={16} />
    </button>
  );
}
