// The newest alert over the map, with the number of further ones. One at a time, to keep the map visible.
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { sentenceOf } from "./alertWords";
import type { AlertEvent } from "./watch";

interface Props {
  readonly events: readonly AlertEvent[];
  onShow(icao24: number): void;
  onList(): void;
  onClose(): void;
}

export function AlertNotice({ events, onShow, onList, onClose }: Props) {
  const { notices } = useTexts();
  const { alerts } = useLaterTexts();
  const formats = useFormats();
  const newest = events[0];
  if (newest === undefined) return null;
  return (
    <div
      className={`pointer-events-auto flex max-w-xl items-center gap-3 rounded-xl border bg-raised/95 py-2 pr-2 pl-4 text-sm shadow-lg ${newest.rule.kind === "emergency" ? "border-danger/60" : "border-accent/50"}`}
      data-testid="alert"
    >
      <span className="min-w-0 text-ink">
        {sentenceOf(newest, { alerts })}
        {events.length > 1 && (
          <span className="text-muted"> {alerts.moreAlerts({ count: formats.count(events.length - 1) })}</span>
        )}
      </span>
      <button
        className="flex-none rounded-md bg-accent px-2.5 py-1 font-medium text-on-accent text-xs hover:opacity-90"
        onClick={() => (events.length > 1 ? onList() : onShow(newest.icao24))}
        type="button"
      >
        {events.length > 1 ? alerts.list : alerts.show}
      </button>
      <button
        aria-label={notices.closeMessage}
        className="grid size-7 flex-none place-items-center rounded text-muted hover:text-ink"
        onClick={onClose}
        type="button"
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
