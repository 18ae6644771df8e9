// The selected aircraft: whose it is, what it is, where it flies, the profile of its flight, and folded all its other fields.
// Updated once a second with the other panels. Over the map on a wide page, in the sheet on a phone.
"use client";

import { NON_ICAO_ADDRESSES } from "@flighttracker/client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { PhotoSource } from "@/flights/config";
import { countryName } from "@/texts/countryName";
import { useLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { Icon } from "../Icon";
import { usePreferences } from "../preferences/Preferences";
import { stored } from "../preferences/storage";
import { type Airline, airlineOf, loadAirlines } from "../search/airlines";
import { useFile } from "../useFile";
import { FromHereFacts } from "./FromHereFacts";
import { KeepButton } from "./KeepButton";
import { Photo } from "./Photo";
import { Profile } from "./Profile";
import { Route } from "./Route";
import { loadTypeNames, type TypeNames } from "./typeNames";
import { useFocusAfter } from "./useFocusAfter";
import { useProfile } from "./useProfile";

interface Props {
  readonly client: FlightsClient;
  readonly selected: number;
  /** Null if the tracker names no server of photos. */
  readonly photos: PhotoSource | null;
  /** In the sheet of a phone. */
  readonly isInSheet: boolean;
  onShow(): void;
  onClose(): void;
  /** The card of another aircraft has its place. */
  onPlaced(): void;
}

const IN_SHEET = "flex min-h-0 flex-1 flex-col";
const OVER_MAP =
  "map-overlay absolute top-3 left-3 z-[650] flex max-h-[calc(100%-1.5rem)] w-80 flex-col rounded-xl border border-line bg-raised/95 shadow-xl";

export function DetailCard({ client, selected, photos, isInSheet, onShow, onClose, onPlaced }: Props) {
  const texts = useTexts();
  const { card } = useLaterTexts();
  const profileNow = useProfile(client, selected);
  const element = useFocusAfter();
  const placed = useRef(onPlaced);
  placed.current = onPlaced;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the card of another aircraft may cover it
  useEffect(() => placed.current(), [selected, isInSheet]);
  useEffect(() => {
    // Its chart comes later, and it can be unfolded.
    const observer = new ResizeObserver(() => placed.current());
    if (element.current !== null) observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  const typeNames = useFile(loadTypeNames, "the full names of types");
  const airlines = useFile(loadAirlines, "the names of airlines");
  const { rows } = client;
  const row = rows.rowOf(selected);
  const seen = useRef<number | null>(null);
  if (row >= 0) seen.current = selected;
  const isKnown = seen.current === selected;
  return (
    <section
      aria-label={card.label}
      className={`detail-card ${isInSheet ? IN_SHEET : OVER_MAP}`}
      data-covers-map={isInSheet ? undefined : ""}
      ref={element}
    >
      <div className="flex-none touch-none border-line border-b px-4 py-2 wide:py-3" data-drags-sheet>
        <div className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <div className="flex items-center gap-2.5">
              <h2 className="min-w-0 truncate font-semibold text-ink text-lg leading-tight">
                {row < 0
                  ? isKnown
                    ? card.gone
                    : card.notTracked
                  : rows.textOf(row, "callsign") || rows.icao24Text(row)}
              </h2>
              {row >= 0 && <StatusPill client={client} row={row} />}
            </div>
            <p className="truncate text-muted text-sm">
              {row < 0
                ? isKnown
                  ? card.goneSentence
                  : card.notTrackedSentence({ address: selected.toString(16).padStart(6, "0") })
                : subtitleOf(client, row, airlines ?? []) || card.nothingElse}
            </p>
          </div>
          <KeepButton icao24={selected} />
          <CardButton icon="target" label={card.show} onClick={onShow} />
          <CardButton icon="close" label={texts.close} onClick={onClose} />
        </div>
        {row >= 0 && <TypeName code={rows.textOf(row, "aircraftType")} names={typeNames} />}
      </div>
      {row >= 0 && (
        <div className="@container min-h-0 overflow-y-auto">
          {/* The sheet of a tablet has room for the photo beside them. */}
          <div className="@2xl:flex @2xl:items-start">
            <div className="min-w-0 flex-1">
              <Route client={client} row={row} />
              <MainFacts client={client} row={row} />
            </div>
            {photos !== null && (
              <Photo icao24={rows.icao24Text(row)} registration={rows.textOf(row, "registration")} source={photos} />
            )}
          </div>
          <FromHereFacts client={client} row={row} />
          <Profile points={profileNow()} />
          <Fold title={card.allFields}>
            <OtherFacts client={client} row={row} />
          </Fold>
        </div>
      )}
    </section>
  );
}

/** `Boeing 737-800 (B738)`, or the designator alone. */
function TypeName({ code, names }: { readonly code: string; readonly names: TypeNames | null }) {
  if (code === "") return null;
  const name = names?.get(code);
  const text = name === undefined ? code : `${name} (${code})`;
  return (
    <p className="truncate text-soft text-xs" data-testid="type" title={text}>
      {text}
    </p>
  );
}

function subtitleOf({ rows }: FlightsClient, row: number, airlines: readonly Airline[]): string {
  const airline = airlineOf(rows.textOf(row, "callsign"), airlines)?.name ?? rows.nameOf(row, "operator");
  return [airline, rows.textOf(row, "registration")].filter((text) => text !== "").join(" · ");
}

interface DetailsProps {
  readonly client: FlightsClient;
  readonly row: number;
}

const FACTS =
  "grid grid-cols-[repeat(auto-fill,minmax(6.25rem,1fr))] gap-x-4 gap-y-2.5 px-4 @2xl:grid-cols-[repeat(auto-fill,minmax(5.25rem,1fr))] wide:grid-cols-2";

function MainFacts({ client, row }: DetailsProps) {
  const { onGround, unknown } = useTexts();
  const { card } = useLaterTexts();
  const formats = useFormats();
  const { rows } = client;
  const altitudeFt = rows.isOnGround(row) ? null : rows.altitudeFt(row);
  return (
    <dl className={`${FACTS} py-3`}>
      <Fact
        extra={formats.flightLevel(altitudeFt)}
        label={card.altitude}
        value={rows.isOnGround(row) ? onGround : formats.altitude(altitudeFt)}
      />
      <Fact label={card.groundSpeed} value={formats.speed(rows.groundSpeedKt(row))} />
      <Fact label={card.track} value={formats.track(rows.trackDeg(row))} />
      <Fact label={card.verticalRate} value={formats.verticalRate(rows.verticalRateFpm(row))} />
      <Fact label={card.squawk} value={rows.squawk(row) || unknown} />
      <Fact
        label={card.position}
        value={card.ago({ age: formats.age(client.shownTimeMs() - rows.positionTimeMs(row)) })}
      />
    </dl>
  );
}

function OtherFacts({ client, row }: DetailsProps) {
  const { addressTypes, categories, onGround, unknown } = useTexts();
  const { card } = useLaterTexts();
  const formats = useFormats();
  const { rows } = client;
  return (
    <dl className={`${FACTS} pb-3`}>
      <Fact
        label={card.geometricAltitude}
        value={rows.isOnGround(row) ? onGround : formats.altitude(rows.geometricAltitudeFt(row))}
      />
      <Fact label={card.country} value={countryName(rows.nameOf(row, "originCountry"), formats.language) || unknown} />
      <Fact label={card.operator} value={rows.nameOf(row, "operator") || unknown} />
      <Fact label={card.category} value={categories[rows.category(row)]} />
      <Fact label={card.latitude} value={formats.latitude(rows.latitudeDeg(row))} />
      <Fact label={card.longitude} value={formats.longitude(rows.longitudeDeg(row))} />
      <Fact
        label={NON_ICAO_ADDRESSES.has(rows.addressType(row)) ? card.otherAddress : card.address}
        value={rows.icao24Text(row)}
      />
      <Fact label={card.addressType} value={addressTypes[rows.addressType(row)]} />
      <Fact label={card.source} value={rows.nameOf(row, "source") || unknown} />
    </dl>
  );
}

/** Folded until a person opens it; the browser remembers which. */
function Fold({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { keep } = usePreferences();
  const [isOpen, setOpen] = useState(() => stored(FOLD) === OPEN);
  return (
    <details
      className="border-line border-t"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
        keep(FOLD, currentTarget.open ? OPEN : null);
      }}
      open={isOpen}
    >
      <summary className="cursor-pointer px-4 py-2.5 font-medium text-soft text-xs hover:text-accent focus-visible:outline-offset-[-2px]">
        {title}
      </summary>
      {children}
    </details>
  );
}

const FOLD = "card";
const OPEN = "open";

function StatusPill({ client: { rows }, row }: { readonly client: FlightsClient; readonly row: number }) {
  const { statuses } = useTexts();
  const isEmergency = rows.isEmergency(row);
  return (
    <span
      className={`flex-none rounded-full px-2 py-0.5 font-medium text-2xs ${isEmergency ? "bg-danger/10 text-danger" : "bg-accent/10 text-accent"}`}
    >
      {isEmergency ? statuses.emergency : statuses[rows.status(row)]}
    </span>
  );
}

interface FactProps {
  readonly label: string;
  readonly value: string;
  readonly extra?: string;
}

function Fact({ label, value, extra = "" }: FactProps) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-2xs text-muted">{label}</dt>
      <dd className="truncate text-ink text-sm tabular-nums">
        {value} {extra !== "" && <span className="hidden text-muted text-xs wide:inline">{extra}</span>}
      </dd>
    </div>
  );
}

interface CardButtonProps {
  readonly icon: "target" | "close";
  readonly label: string;
  onClick(): void;
}

function CardButton({ icon, label, onClick }: CardButtonProps) {
  return (
    <button
      aria-label={label}
      className="grid size-8 flex-none place-items-center rounded-lg border border-line text-muted hover:text-accent"
      onClick={onClick}
      title={label}
      type="button"
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
