// The sign-in dialog: a person pastes the token that the gateway requires.
"use client";

import { type FormEvent, useId, useState } from "react";
import type { Denial } from "@/flights/config";
import type { Flights } from "@/flights/running";
import { useAllTexts } from "@/texts/later";
import { Dialog } from "../Dialog";

interface Props {
  readonly flights: Flights;
  onClose(): void;
}

export function SignInDialog({ flights, onClose }: Props) {
  const { signIn: texts, connection } = useAllTexts();
  const id = useId();
  const [pasted, setPasted] = useState("");
  const [isChecking, setChecking] = useState(false);
  // Also shows why an earlier token was rejected. A token that is only missing is no problem to report yet.
  const [problem, setProblem] = useState<Denial | "no token" | null>(flights.denial?.hadToken ? flights.denial : null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecking(true);
    const refused = await flights.signIn(pasted);
    if (refused === null) {
      onClose();
      return;
    }
    setChecking(false);
    setProblem(refused);
  };
  const words = () => {
    if (problem === null) return "";
    if (problem === "no token") return flights.tokens.mayShow ? texts.noToken : texts.foreign;
    return problem.status === 403 ? connection.tokenTooWeak : connection.tokenRefused;
  };
  const detail = problem !== null && problem !== "no token" ? problem.detail : "";

  return (
    <Dialog onClose={onClose} title={texts.title}>
      <form className="space-y-4" noValidate onSubmit={submit}>
        <p className="text-soft text-sm leading-relaxed">{texts.intro}</p>
        <div>
          <label className="mb-1.5 block font-medium text-soft text-sm" htmlFor={`${id}-token`}>
            {texts.token}
          </label>
          <textarea
            aria-describedby={`${id}-problem ${id}-hint`}
            aria-invalid={problem !== null}
            autoCapitalize="off"
            autoComplete="off"
            autoCorrect="off"
            autoFocus
            className="block w-full resize-none break-all rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-data text-ink"
            id={`${id}-token`}
            onChange={({ target }) => setPasted(target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.currentTarget.form?.requestSubmit();
              if (event.key === "Enter") event.preventDefault();
            }}
            rows={4}
            spellCheck={false}
            value={pasted}
          />
          <p className="mt-1.5 text-muted text-xs" id={`${id}-hint`}>
            {texts.hint}
          </p>
        </div>
        <div className="empty:hidden" id={`${id}-problem`} role="alert">
          {problem !== null && <p className="text-danger text-sm">{words()}</p>}
          {detail !== "" && (
            <p className="mt-0.5 text-muted text-xs" lang="en">
              {texts.gatewaySays({ detail })}
            </p>
          )}
        </div>
        <button
          className="h-10 w-full rounded-lg bg-accent px-4 font-medium text-on-accent text-sm hover:opacity-90 disabled:opacity-60"
          disabled={isChecking}
          type="submit"
        >
          {isChecking ? texts.checking : texts.submit}
        </button>
      </form>
    </Dialog>
  );
}
