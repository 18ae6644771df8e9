// The alerts tab: recent alerts, the rules, and a form for a new rule.
"use client";

import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { Switch } from "../Controls";
import { Icon } from "../Icon";
import { rove } from "../roving";
import { nameOf, sentenceOf } from "./alertWords";
import type { Area } from "./area";
import { changeDraft, DRAFT_KINDS, type DraftKind, FIRST_DRAFT, getDraft, subscribeDraft } from "./draft";
import { FenceFields } from "./FenceFields";
import { MOST_RULES, type Rule, squawkIn, whyInvalid } from "./rules";
import type { AlertsHandle } from "./useAlerts";

interface Props {
  readonly handle: AlertsHandle;
  /** The area that the map shows; null while it is hidden. */
  areaOfMap(): Area | null;
  onSelect(icao24: number): void;
  /** Show the map, to draw on it, and come back. */
  onDraw(): void;
  onDrawn(): void;
}

const BUTTON =
  "h-9 flex-none rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-accent hover:text-accent";

export function AlertsPanel({ handle, areaOfMap, onSelect, onDraw, onDrawn }: Props) {
  const { alerts: words } = useLaterTexts();
  const formats = useFormats();
  const { alerts, notifications, setRules, read } = handle;
  useEffect(() => {
    if (alerts.unread > 0) read();
  }, [alerts.unread, read]);
  const replaceRule = (changed: Rule) =>
    setRules(alerts.rules.map((rule) => (rule.id === changed.id ? changed : rule)));

  return (
    <div className="@container min-h-0 flex-1 overflow-y-auto p-4">
      <div className="grid gap-x-10 gap-y-7 @3xl:grid-cols-2">
        <section>
          <div className="mb-2 flex min-h-9 items-center justify-between">
            <h2 className="font-medium text-soft text-sm">{words.events}</h2>
            {alerts.events.length > 0 && (
              <button className={BUTTON} onClick={handle.clear} type="button">
                {words.clear}
              </button>
            )}
          </div>
          {alerts.events.length === 0 && <p className="text-muted text-sm">{words.none}</p>}
          <ul className="max-h-[min(24rem,45dvh)] divide-y divide-line/60 overflow-y-auto @3xl:max-h-none" ref={rove}>
            {alerts.events.map((event) => (
              <li key={event.id}>
                <button
                  className="flex w-full items-baseline gap-3 rounded-md px-1 py-2 text-left hover:bg-sunken focus-visible:outline-offset-[-2px]"
                  onClick={() => onSelect(event.icao24)}
                  type="button"
                >
                  <time className="flex-none text-muted text-xs tabular-nums">{formats.timeOfDay(event.timeMs)}</time>
                  <span className={`text-sm ${event.rule.kind === "emergency" ? "text-danger" : "text-soft"}`}>
                    {sentenceOf(event, { alerts: words })}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {alerts.hasDropped && <p className="mt-2 text-muted text-xs">{words.dropped}</p>}
        </section>
        <section>
          <h2 className="mb-3 font-medium text-soft text-sm">{words.rules}</h2>
          <ul className="mb-4 space-y-3" ref={rove}>
            {alerts.rules.map((rule) => (
              <li className="flex items-start justify-between gap-2" key={rule.id}>
                <Switch
                  isOn={rule.isOn}
                  onChange={(isOn) => replaceRule({ ...rule, isOn })}
                  {...(rule.kind === "emergency" ? { hint: words.emergencyHint } : {})}
                >
                  {nameOf(rule, { alerts: words })}
                </Switch>
                {rule.kind !== "emergency" && (
                  <button
                    aria-label={words.remove({ name: nameOf(rule, { alerts: words }) })}
                    className="grid size-7 flex-none place-items-center rounded-md text-muted hover:text-danger"
                    onClick={() => setRules(alerts.rules.filter(({ id }) => id !== rule.id))}
                    type="button"
                  >
                    <Icon name="close" size={14} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          <RuleForm
            areaOfMap={areaOfMap}
            onAdd={(rule) => setRules([...alerts.rules, rule])}
            onDraw={onDraw}
            onDrawn={onDrawn}
            rules={alerts.rules}
          />
        </section>
        <section className="border-line border-t pt-5 @3xl:col-span-2">
          <Switch
            isDisabled={notifications === "missing" || notifications === "denied"}
            isOn={notifications === "on"}
            onChange={handle.setNotifications}
            {...(notifications === "denied" ? { hint: words.notifyDenied } : {})}
            {...(notifications === "missing" ? { hint: words.notifyMissing } : {})}
          >
            {words.notify}
          </Switch>
        </section>
      </div>
    </div>
  );
}

interface FormProps {
  readonly rules: readonly Rule[];
  areaOfMap(): Area | null;
  onAdd(rule: Rule): void;
  /** Show the map, and come back when the area is drawn. */
  onDraw(): void;
  onDrawn(): void;
}

function RuleForm({ rules, areaOfMap, onAdd, onDraw, onDrawn }: FormProps) {
  const { alerts } = useLaterTexts();
  const draft = useSyncExternalStore(subscribeDraft, getDraft, getDraft);
  const { kind, value } = draft;
  const [problem, setProblem] = useState("");
  const message = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (problem !== "") message.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  const kept = (typed: string, of: DraftKind) => (of === "squawk" ? squawkIn(typed) : typed);
  const isArea = kind !== "text" && kind !== "squawk";
  const hint = isArea ? "" : kind === "text" ? alerts.textHint : alerts.squawkHint;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isDrawn = kind === "polygon" || kind === "circle";
    const area = isDrawn ? draft.area : isArea ? areaOfMap() : null;
    const ruleKind = isArea ? "area" : kind;
    const why = whyInvalid(ruleKind, value, area);
    if (why !== null || rules.length >= MOST_RULES) {
      const problem = why === "badArea" && isDrawn ? "notDrawn" : why;
      setProblem(problem === null ? alerts.tooMany({ most: String(MOST_RULES) }) : alerts[problem]);
      return;
    }
    const rule: Rule = {
      id: `${Date.now().toString(36)}-${rules.length}`,
      kind: ruleKind,
      isOn: true,
      value: value.trim(),
      area,
    };
    onAdd(isArea ? { ...rule, terms: draft.terms } : rule);
    changeDraft({ ...FIRST_DRAFT, kind });
    setProblem("");
  };

  return (
    <form
      aria-label={alerts.newRule}
      className="space-y-3 rounded-xl border border-line bg-sunken p-3"
      noValidate
      onSubmit={submit}
    >
      <label className="block text-muted text-xs">
        {alerts.kind}
        <select
          className="mt-1 h-9 w-full rounded-lg border border-line bg-panel px-2 text-ink text-sm"
          onChange={({ target }) => {
            const chosen = target.value as DraftKind;
            changeDraft({ kind: chosen, value: kept(value, chosen), area: null });
            setProblem("");
          }}
          value={kind}
        >
          {DRAFT_KINDS.map((name) => (
            <option key={name} value={name}>
              {alerts.kinds[name]}
            </option>
          ))}
        </select>
      </label>
      {isArea && <FenceFields draft={draft} onDraw={onDraw} onDrawn={onDrawn} />}
      <p className="scroll-m-24 text-danger text-xs empty:hidden" id="rule-problem" ref={message} role="alert">
        {problem}
      </p>
      <div className="flex items-end gap-2">
        <label className="block min-w-0 flex-1 text-muted text-xs">
          {isArea ? alerts.areaHint : alerts.value}
          <input
            aria-describedby="rule-problem"
            aria-invalid={problem !== ""}
            className="mt-1 h-9 w-full rounded-lg border border-line bg-panel px-3 text-ink text-sm placeholder:text-muted"
            inputMode={kind === "squawk" ? "numeric" : undefined}
            maxLength={32}
            onChange={({ target }) => changeDraft({ value: kept(target.value, kind) })}
            placeholder={hint}
            spellCheck={false}
            value={value}
          />
        </label>
        <button
          className="h-9 rounded-lg bg-accent px-3 font-medium text-data text-on-accent hover:opacity-90"
          type="submit"
        >
          {alerts.add}
        </button>
      </div>
    </form>
  );
}
