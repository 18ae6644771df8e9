// A modal window, built on the browser's dialog: it traps the focus, Esc closes it, and the focus returns afterwards.
"use client";

import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useTexts } from "@/texts/TextsContext";
import { Icon } from "./Icon";

interface Props {
  readonly title: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
  onClose(): void;
}

export function Dialog({ title, isWide = false, children, onClose }: Props) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // Before the dialog leaves the document: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the window closes it; Esc does the same and comes as `cancel`
    <dialog
      aria-labelledby={heading}
      className={`m-auto max-h-[min(46rem,calc(100dvh-2rem))] overflow-hidden rounded-2xl border border-line bg-panel p-0 text-ink shadow-2xl backdrop:bg-black/55 ${isWide ? "w-[min(44rem,calc(100vw-2rem))]" : "w-[min(32rem,calc(100vw-2rem))]"}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      ref={dialog}
    >
      <div className="flex max-h-[inherit] flex-col">
        <div className="flex flex-none items-center justify-between border-line border-b py-3 pr-3 pl-5">
          <h2 className="font-semibold text-lg" id={heading}>
            {title}
          </h2>
          <button
            aria-label={texts.close}
            className="grid size-9 place-items-center rounded-lg text-muted hover:bg-sunken hover:text-ink"
            onClick={onClose}
            type="button"
          >
            <Icon name="close" />
          </button>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <div className="min-h-0 overflow-y-auto p-5 focus-visible:outline-offset-[-2px]" tabIndex={0}>
          {children}
        </div>
      </div>
    </dialog>
  );
}
