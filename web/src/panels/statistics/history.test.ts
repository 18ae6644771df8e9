import { expect, test } from "vitest";
import type { FlightsClient } from "@/flights/client";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";
import { rowsWith } from "@/flights/testRows";
import { agesOf, KEPT_SAMPLES, PulseHistory } from "./history";

test("ages are told by median and 95 %, of shown aircraft only", () => {
  const rows = rowsWith(Array.from({ length: 100 }, (_, i) => ({ icao24: i + 1 })));
  for (let row = 0; row < 100; row++) rows.instances[row * INSTANCE_FLOATS + INSTANCE.heardTime] = 1000 - row / 10;
  expect(agesOf(rows, 1000)).toEqual({ medianS: 5, mostS: 9.5 });
  rows.shown.fill(0);
  expect(agesOf(rows, 1000)).toEqual({ medianS: null, mostS: null });
});

test("the history is bounded and ordered", () => {
  const history = new PulseHistory({ subscribe: () => () => {} } as unknown as FlightsClient);
  const ages = { medianS: null, mostS: null };
  for (let i = 0; i < 2 * KEPT_SAMPLES; i++) {
    const rates = { positionsPerSecond: 0, bytesPerSecond: 0, messagesPerSecond: 0 };
    history.add({ timeMs: i, aircraft: i, ...rates, ages, latency: null });
  }
  expect(history.samples.length).toBe(KEPT_SAMPLES);
  expect([history.samples[0]?.timeMs, history.samples.at(-1)?.timeMs]).toEqual([KEPT_SAMPLES, 2 * KEPT_SAMPLES - 1]);
});
