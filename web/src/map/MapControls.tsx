// The buttons on the map: its options, "fit", and the actions on the selected aircraft. They are below Leaflet's zoom
// buttons and look like them.
"use client";

import { type ReactNode, useId } from "react";
import { MapOptionsPart } from "@/panels/parts";
import { usePopover } from "@/panels/usePopover";
import { useTexts } from "@/texts/TextsContext";
import type { Backdrop } from "./backdrop/backdrop";
import type { LaterPart } from "./laterPart";
import type { MapOptions } from "./mapOptions";

interface Props {
  readonly backdrop: LaterPart<Backdrop> | null;
  readonly options: MapOptions;
  readonly hasSelected: boolean;
  /** Shown below the options. */
  readonly legend: ReactNode;
  readonly hasHistory: boolean;
  onChange(changed: Partial<MapOptions>): void;
  onFitAll(): void;
  onFitRoute(): void;
}

export function MapControls(props: Props) {
  const { backdrop, options, hasSelected, hasHistory, legend, onChange, onFitAll, onFitRoute } = props;
  const { map: texts } = useTexts();
  const { isOpen, setOpen, opener, around } = usePopover();
  const id = useId();

  return (
    <div className="map-overlay absolute top-[calc(22px+4.25rem)] right-[10px] z-[660]" ref={around}>
      <div className="map-buttons flex flex-col gap-2.5">
        <Group>
          <MapButton
            controls={id}
            icon="layers"
            isExpanded={isOpen}
            label={texts.options}
            onClick={() => setOpen(!isOpen)}
            ref={opener}
          />
          <MapButton icon="fit" label={texts.fitAll} onClick={onFitAll} />
        </Group>
        {hasSelected && (
          <Group>
            <MapButton
              icon="follow"
              isPressed={options.isFollowing}
              label={texts.follow}
              onClick={() => onChange({ isFollowing: !options.isFollowing })}
            />
            <MapButton
              icon="isolate"
              isPressed={options.isIsolated}
              label={texts.isolate}
              onClick={() => onChange({ isIsolated: !options.isIsolated })}
            />
            <MapButton icon="route" label={texts.fitRoute} onClick={onFitRoute} />
          </Group>
        )}
      </div>
      {isOpen && (
        <MapOptionsPart
          backdrop={backdrop}
          hasHistory={hasHistory}
          id={id}
          legend={legend}
          onChange={onChange}
          options={options}
        />
      )}
    </div>
  );
}

function Group({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex flex-col divide-y divide-line overflow-hidden rounded-[10px] border border-line bg-raised shadow-lg">
      {children}
    </div>
  );
}

const PATHS = {
  layers: "m12 4 9 5-9 5-9-5 9-5Zm-9 9.500 9 5 9-5",
  fit: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  follow: "M12 3v3m0 12v3M3 12h3m12 0h3M12 8.500 15 15l-3-1.500L9 15l3-6.500Z",
  isolate: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4",
  route: "M6 16.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm12-13a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM8 18.500c9 0 9-3 6-6s-3-6 2-7",
} as const;

interface ButtonProps {
  readonly icon: keyof typeof PATHS;
  readonly label: string;
  readonly isPressed?: boolean;
  readonly isExpanded?: boolean;
  readonly controls?: string;
  readonly ref?: React.Ref<HTMLButtonElement>;
  onClick(): void;
}

function MapButton({ icon, label, isPressed, isExpanded, controls, ref, onClick }: ButtonProps) {
  return (
    <button
      aria-controls={isExpanded === true ? controls : undefined}
      aria-expanded={isExpanded}
      aria-label={label}
      aria-pressed={isPressed}
      className="grid size-[2.125rem] place-items-center text-soft hover:text-accent focus-visible:outline-offset-[-3px] aria-expanded:text-accent aria-pressed:bg-accent aria-pressed:text-on-accent"
      onClick={onClick}
      ref={ref}
      title={label}
      type="button"
    >
      <svg
        aria-hidden="true"
        fill="none"
        className="size-[1.125rem]"
        stroke="currentColor"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth="1.8"
        viewBox="0 0 24 24"
      >
        <path d={PATHS[icon]} />
      </svg>
    </button>
  );
}
