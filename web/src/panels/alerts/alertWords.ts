// The texts of alerts and rules. Pure.
import type { LaterTexts } from "@/texts/later";
import type { Rule } from "./rules";
import type { AlertEvent } from "./watch";

type Words = Pick<LaterTexts, "alerts">;

export function sentenceOf({ rule, callsign, squawk, hasLeft }: AlertEvent, { alerts }: Words): string {
  if (rule.kind === "emergency") return alerts.emergency({ callsign, meaning: meaningOf(squawk, alerts) });
  if (rule.kind === "squawk") return alerts.squawkSeen({ callsign, squawk });
  if (hasLeft) return alerts.areaLeft({ callsign, name: rule.value });
  return rule.kind === "area" ? alerts.areaEntered({ callsign, name: rule.value }) : alerts.callsignSeen({ callsign });
}

function meaningOf(squawk: string, alerts: Words["alerts"]): string {
  if (squawk === "7500") return `${alerts.squawk7500} (7500)`;
  if (squawk === "7600") return `${alerts.squawk7600} (7600)`;
  return squawk === "7700" ? `${alerts.squawk7700} (7700)` : alerts.emergencyStatus;
}

export function nameOf(rule: Rule, { alerts }: Words): string {
  return rule.kind === "emergency" ? alerts.emergencyRule : `${alerts.kindsShort[rule.kind]}: ${rule.value}`;
}
