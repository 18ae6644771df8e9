// Draws all aircraft with one call. A texture has the worker's bytes unchanged; an update uploads only the changed rows
// (neighbouring rows together). A frame costs a few uniforms and one draw call.
import type { FlightRows } from "@/flights/flightRows";
import { INSTANCE_FLOATS } from "@/flights/instance";
import type { RowsUpdate } from "@/flights/rowsUpdate";
import type { TrailPoints } from "@/flights/trailLayout";
import { createProgramLater } from "./glProgram";
import { until } from "./gpuWait";
import { rgb } from "./palette";
import { type FlightRenderer, fitCanvas, type Scene } from "./renderer";
import { FRAGMENT_SHADER, ROWS_PER_LINE, STOPS, TEXELS_PER_ROW, VERTEX_SHADER } from "./shaders";
import { drawSheet, SILHOUETTE_SCALES } from "./silhouettes";
import type { TrailProgram } from "./trailProgram";
import { worldCopies } from "./view";

/** Changed rows this close to each other are uploaded together: a call costs more than the bytes between them. */
const GAP_ROWS = 64;
/** Two triangles from the four corners of each aircraft. */
const CORNERS = [0, 1, 2, 2, 1, 3] as const;
const SHEET_UNIT = 0;
const INSTANCES_UNIT = 1;
const STATES_UNIT = 2;

export class WebglRenderer implements FlightRenderer {
  readonly kind = "webgl2";
  readonly mostTrailPoints = 60_000;
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();
  /** Loaded and compiled on first use, because compiling takes a while. */
  private trails: TrailProgram | null = null;
  private latestTrails: TrailPoints | null = null;
  private readonly instanceTexture: WebGLTexture;
  private readonly stateTexture: WebGLTexture;
  private readonly corners: WebGLBuffer;
  private uploadedCapacity = 0;
  private stateCapacity = 0;

  /** @throws Error if the browser has no WebGL2 context or rejects the programs. */
  static async on(canvas: HTMLCanvasElement, rows: FlightRows): Promise<WebglRenderer> {
    const gl = webgl2(canvas);
    return new WebglRenderer(canvas, rows, gl, await createProgramLater(gl, VERTEX_SHADER, FRAGMENT_SHADER));
  }

  private constructor(
    readonly canvas: HTMLCanvasElement,
    private rows: FlightRows,
    private readonly gl: WebGL2RenderingContext,
    private readonly program: WebGLProgram,
  ) {
    this.corners = gl.createBuffer();
    // biome-ignore lint/correctness/useHookAtTopLevel: WebGL has a function of this name, which is no hook
    gl.useProgram(this.program);
    this.uploadSheet();
    this.instanceTexture = this.rowTexture(INSTANCES_UNIT, "uInstances");
    this.stateTexture = this.rowTexture(STATES_UNIT, "uStates");
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1fv(this.uniform("uSilhouetteScales[0]"), SILHOUETTE_SCALES);
    gl.uniform1fv(this.uniform("uStops[0]"), STOPS);
    this.rowsChanged(null);
  }

  show(rows: FlightRows): void {
    this.rows = rows;
    this.stateCapacity = 0;
    this.rowsChanged(null);
  }

  rowsChanged(update: RowsUpdate | null): void {
    const { gl, rows } = this;
    gl.activeTexture(gl.TEXTURE0 + INSTANCES_UNIT);
    gl.bindTexture(gl.TEXTURE_2D, this.instanceTexture);
    if (update === null || rows.capacity !== this.uploadedCapacity) {
      if (rows.capacity !== this.uploadedCapacity) this.makeRoom(rows.capacity);
      this.uploadRows(0, rows.capacity);
      return;
    }
    for (let i = 0; i < update.rows.length; ) {
      const first = update.rows[i] as number;
      let last = first;
      for (i++; i < update.rows.length && (update.rows[i] as number) - last <= GAP_ROWS; i++) {
        last = update.rows[i] as number;
      }
      this.uploadRows(first, last + 1);
    }
  }

  statesChanged(states: Uint8Array): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + STATES_UNIT);
    gl.bindTexture(gl.TEXTURE_2D, this.stateTexture);
    if (states.length !== this.stateCapacity) {
      const lines = Math.ceil(states.length / ROWS_PER_LINE);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, ROWS_PER_LINE, lines, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, null);
    }
    this.stateCapacity = states.length;
    for (const { x, y, width, height, from } of pieces(0, states.length)) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, width, height, gl.RED_INTEGER, gl.UNSIGNED_BYTE, states, from);
    }
  }

  trailsChanged(trails: TrailPoints | null): void {
    this.latestTrails = trails;
    if (this.trails !== null) this.trails.setTrails(trails);
    else if (trails !== null) this.loadTrails();
  }

  draw(scene: Scene): void {
    const { gl } = this;
    const { view, palette } = scene;
    fitCanvas(this.canvas, scene);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.trails?.draw(scene, this.rows.referenceMs);
    // biome-ignore lint/correctness/useHookAtTopLevel: WebGL has a function of this name, which is no hook
    gl.useProgram(this.program);
    const count = Math.min(this.rows.rowCount, this.stateCapacity);
    if (count === 0) return;
    const x = (view.left + view.width / 2) / view.scale;
    const y = (view.top + view.height / 2) / view.scale;
    const highX = Math.fround(x);
    const highY = Math.fround(y);
    gl.uniform4f(this.uniform("uCentre"), highX, highY, x - highX, y - highY);
    gl.uniform1f(this.uniform("uScale"), view.scale);
    gl.uniform2f(this.uniform("uViewport"), view.width, view.height);
    gl.uniform1f(this.uniform("uTime"), scene.timeS);
    gl.uniform1f(this.uniform("uBlends"), scene.blends ? 1 : 0);
    gl.uniform1f(this.uniform("uFlown"), scene.flownS);
    // The quad is larger than the icon by the margin of a cell, which is for the outline.
    gl.uniform1f(this.uniform("uIconPx"), scene.iconPx * 1.16);
    gl.uniform3fv(this.uniform("uAltitudeColours[0]"), palette.altitude.flatMap(rgb));
    if (scene.classColours.length > 0) {
      gl.uniform3fv(this.uniform("uClassColours[0]"), scene.classColours.flatMap(rgb));
    }
    gl.uniform3fv(this.uniform("uGroundColour"), rgb(palette.ground));
    gl.uniform3fv(this.uniform("uUnknownColour"), rgb(palette.unknown));
    gl.uniform3fv(this.uniform("uEmergencyColour"), rgb(palette.emergency));
    gl.uniform3fv(this.uniform("uSelectedColour"), rgb(palette.selected));
    gl.uniform3fv(this.uniform("uOutlineColour"), rgb(palette.outline));
    const copies = worldCopies(view);
    for (let copy = -copies; copy <= copies; copy++) {
      gl.uniform1f(this.uniform("uCopy"), copy);
      gl.drawElements(gl.TRIANGLES, count * CORNERS.length, gl.UNSIGNED_INT, 0);
      // Again, above the others: rows are in no order.
      const top = scene.topRow * CORNERS.length * Uint32Array.BYTES_PER_ELEMENT;
      if (top >= 0) gl.drawElements(gl.TRIANGLES, CORNERS.length, gl.UNSIGNED_INT, top);
    }
  }

  /** Whether something was drawn in the middle of the canvas; the self-test calls it right after `draw`. */
  async hasDrawnInTheMiddle(): Promise<boolean> {
    const { gl, canvas } = this;
    const pixel = new Uint8Array(4);
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, pixel.length, gl.STREAM_READ);
    gl.readPixels(canvas.width >> 1, canvas.height >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    if (fence !== null) await until(() => gl.clientWaitSync(fence, 0, 0) !== gl.TIMEOUT_EXPIRED);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, pixel);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.deleteBuffer(buffer);
    gl.deleteSync(fence);
    return (pixel[3] as number) > 128;
  }

  dispose(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private loadTrails(): void {
    import("./trailProgram")
      .then(({ TrailProgram: Program }) => {
        this.trails ??= new Program(this.gl);
        this.trails.setTrails(this.latestTrails);
      })
      .catch((error: unknown) => console.warn("trails are not drawn yet:", error));
  }

  /** A texture that the vertex program reads numbers from. */
  private rowTexture(unit: number, uniform: string): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.uniform1i(this.uniform(uniform), unit);
    return texture;
  }

  private makeRoom(capacity: number): void {
    const { gl } = this;
    const width = ROWS_PER_LINE * TEXELS_PER_ROW;
    const lines = Math.ceil(capacity / ROWS_PER_LINE);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32UI, width, lines, 0, gl.RGBA_INTEGER, gl.UNSIGNED_INT, null);
    const corners = new Uint32Array(capacity * CORNERS.length);
    for (let i = 0; i < corners.length; i++) {
      corners[i] = 4 * Math.floor(i / CORNERS.length) + (CORNERS[i % CORNERS.length] as number);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.corners);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, corners, gl.STATIC_DRAW);
    this.uploadedCapacity = capacity;
  }

  private uploadRows(first: number, end: number): void {
    const { gl, rows } = this;
    const { buffer, byteOffset, length } = rows.instances;
    const bits = new Uint32Array(buffer, byteOffset, length);
    for (const { x, y, width, height, from } of pieces(first, end)) {
      gl.texSubImage2D(
        gl.TEXTURE_2D,
        0,
        x * TEXELS_PER_ROW,
        y,
        width * TEXELS_PER_ROW,
        height,
        gl.RGBA_INTEGER,
        gl.UNSIGNED_INT,
        bits,
        from * INSTANCE_FLOATS,
      );
    }
  }

  private uploadSheet(): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + SHEET_UNIT);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawSheet());
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  private uniform(name: string): WebGLUniformLocation | null {
    let location = this.uniforms.get(name);
    if (location === undefined) {
      location = this.gl.getUniformLocation(this.program, name);
      this.uniforms.set(name, location);
    }
    return location;
  }
}

interface Piece {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index of its first row. */
  readonly from: number;
}

/** Rectangles of a texture that contain the rows from `first` to before `end`. */
function* pieces(first: number, end: number): Generator<Piece> {
  for (let from = first; from < end; ) {
    const x = from % ROWS_PER_LINE;
    const wholeLines = x === 0 ? Math.floor((end - from) / ROWS_PER_LINE) : 0;
    const width = wholeLines > 0 ? ROWS_PER_LINE : Math.min(ROWS_PER_LINE - x, end - from);
    const height = Math.max(1, wholeLines);
    yield { x, y: Math.floor(from / ROWS_PER_LINE), width, height, from };
    from += width * height;
  }
}

function webgl2(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  if (gl === null) throw new Error("this browser offers no WebGL2");
  return gl;
}
