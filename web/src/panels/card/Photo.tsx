// A photo of the selected aircraft, if the tracker names a server of photos. That server learns which aircraft a viewer selects, but not
// from which page. Without a photo there is no slot.
"use client";

import { useState } from "react";
import type { PhotoSource } from "@/flights/config";
import { useLaterTexts } from "@/texts/later";
import { photoUrl } from "./photoUrl";

interface Props {
  readonly source: PhotoSource;
  readonly icao24: string;
  readonly registration: string;
}

type Loading = "begun" | "done" | "failed";

export function Photo({ source, icao24, registration }: Props) {
  const url = photoUrl(source.url, icao24, registration);
  return url === null ? null : (
    <Slot
      key={url}
      name={registration || icao24}
      page={photoUrl(source.pageUrl, icao24, registration)}
      source={source}
      url={url}
    />
  );
}

interface SlotProps {
  readonly source: PhotoSource;
  readonly url: string;
  readonly page: string | null;
  readonly name: string;
}

function Slot({ source, url, page, name }: SlotProps) {
  const { card } = useLaterTexts();
  const [loading, setLoading] = useState<Loading>("begun");
  if (loading === "failed") return null;
  const photo = (
    // biome-ignore lint/performance/noImgElement: the photo of another server, which needs no loader
    <img
      alt={card.photo({ name })}
      className="max-h-48 w-full object-cover @2xl:max-h-36 @2xl:rounded-lg"
      onError={() => setLoading("failed")}
      onLoad={({ currentTarget }) => setLoading(currentTarget.naturalWidth > 1 ? "done" : "failed")}
      referrerPolicy="no-referrer"
      src={url}
    />
  );
  return (
    <figure
      className={loading === "done" ? "@2xl:w-50 @2xl:flex-none @2xl:pt-3 @2xl:pr-4" : "sr-only"}
      data-testid="photo"
    >
      {page === null ? (
        photo
      ) : (
        <a className="block focus-visible:outline-offset-[-2px]" href={page} rel="noopener noreferrer" target="_blank">
          {photo}
        </a>
      )}
      {source.attribution !== "" && (
        <figcaption className="truncate px-4 pt-1 pb-2.5 text-2xs @2xl:px-0 text-muted">
          {source.attribution}
        </figcaption>
      )}
    </figure>
  );
}
