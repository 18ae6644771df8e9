// The layer of all aircraft on a Leaflet map: owns the renderer, the animation frame, the pointer and the selection.
//
// It draws only frames that show a difference: every frame while the map moves, otherwise whenever the fastest aircraft
// has moved a quarter of a pixel. No code runs per aircraft and frame but in the canvas renderer and for labels.
import type { Map as LeafletMap } from "leaflet";
import type { FlightsClient, RowsListener } from "@/flights/client";
import { DEAD_RECKONING_S, type Place, placeAt } from "@/flights/deadReckoning";
import { Ring } from "@/flights/ring";
import type { RowsUpdate } from "@/flights/rowsUpdate";
import { POINT_FLOATS, type TrailPoints } from "@/flights/trailLayout";
import type { Colouring } from "./colouring";
import { ContextWatch } from "./contextWatch";
import { smoothPauseMs } from "./framePause";
import { LaterLabels } from "./laterLabels";
import type { LayerEvents, LayerExtras, ShownPlace } from "./layerEvents";
import type { MapOptions } from "./mapOptions";
import { pageScale } from "./pageScale";
import { PALETTES, type Theme } from "./palette";
import { pick } from "./picking";
import { type FlightRenderer, iconSizePx, type RendererKind, type Scene } from "./renderer";
import { RowStates } from "./rowStates";
import { type Tested, testedRenderer } from "./selfTest";
import { placeOf, screenX, screenY, ViewTracker } from "./view";

const REDUCED_MOTION_MS = 1_000;
/** After new positions, corrections are blended in over this time. */
const BLENDING_MS = 1_200;
const COLOURS_AGE_MS = 2_000; // Colours by age are renewed this often also without new positions.
/** Largest share of the time that the canvas renderer may use. */
const CANVAS_SHARE = 0.25;
const GPU_LOST = "the browser took the GPU away";
const MOUSE_REACH_PX = 14;
const TOUCH_REACH_PX = 24;

export type { LayerEvents, ShownPlace };

export class FlightLayer implements RowsListener {
  readonly frameTimesMs = new Ring<number>(600);
  readonly labels: LaterLabels;
  theme: Theme = "dark";
  /** While a person draws on the map, clicks select nothing. */
  ignoresClicks = false;
  /** False if the user prefers reduced motion. */
  isSmooth = true;
  /** Number of aircraft in the last frame, including those that do not pass the filters. */
  private drawnRows = 0;
  private renderer: FlightRenderer;
  private readonly views: ViewTracker;
  private readonly unsubscribe: () => void;
  private readonly rowStates = new RowStates();
  private extras: LayerExtras | null = null;
  private readonly pickedEarly: number[] = []; // With Shift, before there were extras.
  private selected: number | null = null;
  private hoveredRow = -1;
  private estimates = true;
  private isIsolated = false;
  private hasTrails = false;
  private thins = true;
  private colouring: Colouring | null = null;
  private statesAtMs = 0;
  private readonly frameListeners = new Set<() => void>();
  private pointer: { x: number; y: number; reachPx: number } | null = null;
  private request = 0;
  private drawnAtMs = 0;
  private blendUntilMs = 0;
  private isDirty = true;
  private pageScale = pageScale();
  private readonly context = new ContextWatch(
    (canvas) => this.renderer.canvas === canvas,
    () => this.replaceBy("canvas", GPU_LOST),
    () => this.replaceBy("webgl2"),
  );
  private isRemoved = false;

  constructor(
    private readonly map: LeafletMap,
    private readonly client: FlightsClient,
    private readonly events: LayerEvents,
    tested: Tested,
  ) {
    this.views = new ViewTracker(map);
    this.renderer = this.use(tested);
    this.labels = new LaterLabels(map.getContainer(), client.rows, this.touch);
    this.unsubscribe = this.client.subscribeRows(this);
    map.on("move zoom resize viewreset", this.touch);
    map.on("resize", this.resized);
    map.on("zoomend", this.shownChanged, this);
    map.on("click", this.click);
    const container = map.getContainer();
    container.addEventListener("pointermove", this.pointerMoved);
    container.addEventListener("pointerleave", this.pointerLeft);
    this.request = requestAnimationFrame(this.frame);
  }

  get kind(): RendererKind {
    return this.renderer.kind;
  }

  /** How many trail points can be drawn. */
  get mostTrailPoints(): number {
    return this.renderer.mostTrailPoints;
  }

  /** Whether aircraft were drawn, or the map has no size to draw them in. */
  get hasPicture(): boolean {
    return this.drawnRows > 0 || this.map.getSize().x === 0;
  }

  get isZooming(): boolean {
    return this.views.isAnimating;
  }

  /** Call a listener before each frame that is drawn; returns a function that removes it. */
  onFrame(listener: () => void): () => void {
    this.frameListeners.add(listener);
    return () => this.frameListeners.delete(listener);
  }

  /** Call once, after the first frame with aircraft; returns a function that cancels it. */
  whenDrawn(done: () => void): () => void {
    const forget = this.onFrame(() => {
      if (!this.hasPicture) return;
      forget();
      done();
    });
    return forget;
  }

  setOptions({ estimates, hasLabels, hasTrails, isIsolated, thins }: MapOptions): void {
    this.estimates = estimates;
    this.thins = thins;
    this.isIsolated = isIsolated;
    this.hasTrails = hasTrails;
    this.labels.show(hasLabels);
    if (!hasTrails) this.renderer.trailsChanged(null);
    this.updateStates();
  }

  /** @param colouring null by altitude. */
  setColouring(colouring: Colouring | null): void {
    this.colouring = colouring;
    this.updateStates();
  }

  /** What loads after the first picture; call it again when the further selected aircraft change. */
  setExtras(extras: LayerExtras): void {
    this.extras = extras;
    this.rowStates.thinOut = extras.thinOut;
    for (const icao24 of this.pickedEarly.splice(0)) extras.pickAlso(icao24);
    this.updateStates();
  }

  remove(): void {
    this.isRemoved = true;
    cancelAnimationFrame(this.request);
    this.context.stop();
    this.views.remove();
    this.map.off("move zoom resize viewreset", this.touch);
    this.map.off("click", this.click);
    this.map.off("zoomend", this.shownChanged, this);
    const container = this.map.getContainer();
    container.removeEventListener("pointermove", this.pointerMoved);
    container.removeEventListener("pointerleave", this.pointerLeft);
    this.unsubscribe();
    this.renderer.dispose();
    this.renderer.canvas.remove();
    this.labels.remove();
  }

  select(icao24: number | null): void {
    this.selected = icao24;
    this.updateStates();
  }

  readonly touch = (): void => {
    this.isDirty = true;
  };

  /** Where an aircraft is drawn now; null if there is none. */
  placeOf(icao24: number): ShownPlace | null {
    const row = this.client.rows.rowOf(icao24);
    if (row < 0) return null;
    const place: Place = { x: 0, y: 0, headingRad: 0 };
    placeAt(this.client.rows.instances, row, this.client.timeS(), this.blends, place, this.flownS);
    const view = this.views.current(performance.now());
    return {
      ...placeOf(place.x, place.y),
      headingDeg: ((((place.headingRad * 180) / Math.PI) % 360) + 360) % 360,
      x: screenX(view, place.x),
      y: screenY(view, place.y),
    };
  }

  rowsChanged(update: RowsUpdate | null): void {
    this.renderer.rowsChanged(update);
    this.updateStates();
    this.blendUntilMs = performance.now() + BLENDING_MS;
  }

  shownChanged(): void {
    this.updateStates();
  }

  trailChanged(): void {}

  trailsChanged(trails: TrailPoints): void {
    if (!this.hasTrails) return;
    this.renderer.trailsChanged(trails);
    this.renderer.canvas.dataset.trailPoints = String(trails.points.length / POINT_FLOATS);
    this.isDirty = true;
  }

  /** Without dead reckoning nothing glides: the estimate that a correction starts from was never shown. */
  private get blends(): boolean {
    return this.isSmooth && this.estimates;
  }

  private get flownS(): number {
    return this.estimates ? DEAD_RECKONING_S : 0;
  }

  private updateStates(): void {
    const { rows } = this.client;
    this.statesAtMs = performance.now();
    this.rowStates.update(rows, {
      selected: this.selected,
      also: this.extras?.also() ?? [],
      hoveredRow: this.hoveredRow,
      isIsolated: this.isIsolated,
      colouring: this.colouring,
      thins: this.thins,
      zoom: this.map.getZoom(),
      timeS: this.client.timeS(),
    });
    this.events.thinned(this.rowStates.visibleCount, this.rowStates.shownCount);
    this.renderer.statesChanged(this.rowStates.states);
    this.isDirty = true;
  }

  private readonly frame = (nowMs: number): void => {
    this.request = requestAnimationFrame(this.frame);
    if (this.map.getSize().x === 0) return;
    const start = performance.now();
    const { scale } = this.views.current(start);
    if (!this.isDirty && !this.views.isAnimating && nowMs - this.drawnAtMs < this.pauseMs(scale)) return;
    if (this.colouring?.by === "age" && start - this.statesAtMs > COLOURS_AGE_MS) this.updateStates();
    this.isDirty = false;
    this.drawnAtMs = nowMs;
    for (const listener of this.frameListeners) listener();
    const view = this.views.current(start);
    const scene: Scene = {
      view,
      timeS: this.client.timeS(),
      blends: this.blends,
      flownS: this.flownS,
      palette: PALETTES[this.theme],
      classColours: this.colouring?.colours[this.theme] ?? [],
      iconPx: iconSizePx(view.scale, this.rowStates.visibleCount) * this.pageScale,
      pixelRatio: window.devicePixelRatio,
      pageScale: this.pageScale,
      topRow: this.rowStates.topRow,
    };
    this.followPointer(scene);
    this.renderer.draw(scene);
    this.labels.draw(scene, this.rowStates);
    this.drawnRows = this.client.rows.rowCount;
    this.frameTimesMs.push(performance.now() - start + this.client.takeSpentMs());
  };

  private pauseMs(scale: number): number {
    if (!this.isSmooth || !this.estimates) return REDUCED_MOTION_MS;
    const smoothMs = smoothPauseMs(scale, this.blendUntilMs);
    if (this.kind === "webgl2") return smoothMs;
    const lastMs = this.frameTimesMs.toArray().at(-1) ?? 0;
    return Math.max(smoothMs, lastMs / CANVAS_SHARE);
  }

  private followPointer(scene: Scene): void {
    const { view, timeS } = scene;
    const { rows } = this.client;
    const row = this.pointer === null ? -1 : pick(rows, this.rowStates.states, scene, this.pointer);
    if (row === this.hoveredRow && row < 0) return;
    if (row !== this.hoveredRow) {
      this.hoveredRow = row;
      this.updateStates();
      this.map.getContainer().classList.toggle("is-over-aircraft", row >= 0);
    }
    if (row < 0) {
      this.events.hovered(null, 0, 0);
      return;
    }
    const place: Place = { x: 0, y: 0, headingRad: 0 };
    placeAt(rows.instances, row, timeS, this.blends, place, this.flownS);
    this.events.hovered(rows.icao24[row] as number, screenX(view, place.x), screenY(view, place.y));
  }

  private readonly resized = (): void => {
    this.pageScale = pageScale();
  };

  private readonly pointerMoved = (event: PointerEvent): void => {
    const isOverMap =
      event.target instanceof Element && event.target.closest(".leaflet-control, .map-overlay") === null;
    if (event.pointerType !== "mouse" || event.buttons !== 0 || !isOverMap) {
      this.pointer = null;
    } else {
      const bounds = this.map.getContainer().getBoundingClientRect();
      this.pointer = { x: event.clientX - bounds.left, y: event.clientY - bounds.top, reachPx: MOUSE_REACH_PX };
    }
    this.isDirty = true;
  };

  private readonly pointerLeft = (): void => {
    this.pointer = null;
    this.isDirty = true;
  };

  private readonly click = (event: { containerPoint: { x: number; y: number }; originalEvent: MouseEvent }): void => {
    if (this.ignoresClicks) return;
    const reachPx = window.matchMedia("(pointer: coarse)").matches ? TOUCH_REACH_PX : MOUSE_REACH_PX;
    const { rows } = this.client;
    const moment = { view: this.views.current(performance.now()), timeS: this.client.timeS(), flownS: this.flownS };
    const row = pick(rows, this.rowStates.states, moment, { ...event.containerPoint, reachPx });
    const icao24 = row < 0 ? null : (rows.icao24[row] as number);
    if (!event.originalEvent.shiftKey || icao24 === null) this.events.selected(icao24);
    else if (this.extras === null) this.pickedEarly.push(icao24);
    else this.extras.pickAlso(icao24);
  };

  private use({ renderer, reason }: Tested): FlightRenderer {
    renderer.show(this.client.rows);
    const container = this.map.getContainer();
    container.insertBefore(renderer.canvas, container.querySelector(".label-canvas"));
    if (renderer.kind === "webgl2") this.context.watch(renderer.canvas);
    renderer.statesChanged(this.rowStates.states);
    this.events.rendererChanged(renderer.kind, reason);
    return renderer;
  }

  private replaceBy(wanted: RendererKind, why = ""): void {
    testedRenderer(wanted, why)
      .then((tested) => {
        if (this.isRemoved) return tested.renderer.dispose();
        this.renderer.canvas.remove();
        this.renderer = this.use(tested);
        this.updateStates();
      })
      .catch((error: unknown) => console.warn("the aircraft cannot be drawn:", error));
  }
}
