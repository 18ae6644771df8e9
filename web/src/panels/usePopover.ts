// A small panel that a button opens: Escape or a press elsewhere closes it, Escape gives the focus back to the button.
"use client";

import { type RefObject, useEffect, useRef, useState } from "react";

interface Popover {
  readonly isOpen: boolean;
  setOpen(isOpen: boolean): void;
  /** Of the button. */
  readonly opener: RefObject<HTMLButtonElement | null>;
  /** Of an element around the button and its panel. */
  readonly around: RefObject<HTMLDivElement | null>;
}

export function usePopover(): Popover {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const around = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // Otherwise the page's own Escape would clear the selection.
      event.preventDefault();
      setOpen(false);
      opener.current?.focus();
    };
    const pointed = ({ target }: PointerEvent) => {
      if (!(target instanceof Node) || around.current?.contains(target) !== true) setOpen(false);
    };
    window.addEventListener("keydown", pressed, { capture: true });
    window.addEventListener("pointerdown", pointed);
    return () => {
      window.removeEventListener("keydown", pressed, { capture: true });
      window.removeEventListener("pointerdown", pointed);
    };
  }, [isOpen]);
  return { isOpen, setOpen, opener, around };
}
