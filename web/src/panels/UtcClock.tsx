// The time of the picture in UTC, over the map: now by the server's clock, or the moment of the past that is shown.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";

interface Props {
  readonly client: FlightsClient;
  readonly className: string;
}

export function UtcClock({ client, className }: Props) {
  const [timeMs, setTimeMs] = useState(() => client.shownTimeMs());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const nowMs = client.shownTimeMs();
      setTimeMs(nowMs);
      timer = setTimeout(tick, 1000 - (nowMs % 1000));
    };
    tick();
    return () => clearTimeout(timer);
  }, [client]);
  const moment = new Date(timeMs).toISOString();
  return (
    <time className={className} data-testid="utc" dateTime={moment}>
      {moment.slice(11, 19)} UTC
    </time>
  );
}
