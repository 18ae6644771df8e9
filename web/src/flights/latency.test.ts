// Percentiles of the delay of positions in the last half minute.
import { expect, test } from "vitest";
import { LatencyHistogram } from "./latency";

test("percentiles are the upper ends of their bins", () => {
  const latency = new LatencyHistogram();
  for (let i = 0; i < 1_000; i++) latency.observe(i);
  expect(latency.take()).toEqual({ medianMs: 500, p95Ms: 1_000, p99Ms: 1_000 });
});

test("without positions it is null, and negative or infinite delays are bounded", () => {
  const latency = new LatencyHistogram();
  expect(latency.take()).toBeNull();
  latency.observe(-5_000);
  expect(latency.take()?.medianMs).toBe(100);
  for (let i = 0; i < 10; i++) latency.observe(10_000_000);
  expect(latency.take()?.p95Ms).toBe(120_000);
});

test("values older than two windows are forgotten", () => {
  const latency = new LatencyHistogram();
  latency.observe(90_000);
  for (let pulse = 0; pulse < 29; pulse++) expect(latency.take()).not.toBeNull();
  expect(latency.take()).not.toBeNull();
  expect(latency.take()).toBeNull();
});
