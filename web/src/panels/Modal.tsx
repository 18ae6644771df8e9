// A modal window, built on the browser's dialog: it traps the focus, Esc and a click beside it close it, and the focus returns
// afterwards.
"use client";

import { type ReactNode, useLayoutEffect, useRef } from "react";

interface Props {
  /** Its name for screen readers, or the id of the element that has it. */
  readonly name: { readonly label: string } | { readonly labelledBy: string };
  readonly className: string;
  readonly children: ReactNode;
  onClose(): void;
}

export function Modal({ name, className, children, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);

  // Before the dialog leaves the document: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the window closes it; Esc does the same and comes as `cancel`
    <dialog
      {...("label" in name ? { "aria-label": name.label } : { "aria-labelledby": name.labelledBy })}
      className={`overflow-hidden rounded-2xl border border-line bg-panel p-0 text-ink shadow-2xl ${className}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      ref={dialog}
    >
      {children}
    </dialog>
  );
}
