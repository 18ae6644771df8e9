// A modal window with a title, a button that closes it, and content that scrolls.
"use client";

import { type ReactNode, useId } from "react";
import { useTexts } from "@/texts/TextsContext";
import { Icon } from "./Icon";
import { Modal } from "./Modal";

interface Props {
  readonly title: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
  onClose(): void;
}

export function Dialog({ title, isWide = false, children, onClose }: Props) {
  const texts = useTexts();
  const heading = useId();

  return (
    <Modal
      className={`m-auto max-h-[min(56rem,calc(100dvh-2rem))] backdrop:bg-black/55 ${isWide ? "w-[min(44rem,calc(100vw-2rem))]" : "w-[min(32rem,calc(100vw-2rem))]"}`}
      name={{ labelledBy: heading }}
      onClose={onClose}
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
    </Modal>
  );
}
