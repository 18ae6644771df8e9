// Percentiles of how long positions take, of the last half minute and no longer.
import { expect, test } from "vitest";
import { LatencyHistogram } from "./latency";

test("percentiles are the upper ends of their bins", () => {
  const latency = new LatencyHistogram();
  for (let i = 0; i < 1_000; i++) latency.observe(i);
  expect(latency.take()).toEqual({ medianMs: 500, p95Ms: 1_000, p99Ms: 1_000 });
});

test("nothing is known where nothing came, and what is negative or endless is bounded", () => {
  const latency = new LatencyHistogram();
  expect(latency.take()).toBeNull();
  latency.observe(-5_000);
  expect(latency.take()?.medianMs).toBe(100);
  for (let i = 0; i < 10; i++) latency.observe(10_000_000);
  expect(latency.take()?.p95Ms).toBe(120_000);
});

test("what is older than two windows is forgotten", () => {
  const latency = new LatencyHistogram();
  latency.observe(90_000);
  for (let pulse = 0; pulse < 29; pulse++) expect(latency.take()).not.toBeNull();
  expect(latency.take()).not.toBeNull();
  expect(latency.take()).toBeNull();
});
