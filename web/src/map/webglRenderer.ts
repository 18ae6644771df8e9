// Draws all aircraft with one instanced call. The buffers hold what the worker wrote, byte for byte; an update uploads
// only the rows that changed (neighbouring ones together), so that a frame costs a few uniforms and a draw call.
import type { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_BYTES, INSTANCE_FLOATS } from "@/flights/instance";
import type { RowsUpdate } from "@/flights/rowsUpdate";
import type { TrailPoints } from "@/flights/trailPoints";
import { createProgramLater } from "./glProgram";
import { until } from "./gpuWait";
import { rgb } from "./palette";
import { type FlightRenderer, fitCanvas, type Scene } from "./renderer";
import { FRAGMENT_SHADER, STOPS, VERTEX_SHADER } from "./shaders";
import { CATEGORY_SCALES, drawSheet } from "./silhouettes";
import type { TrailProgram } from "./trailProgram";
import { worldCopies } from "./view";

/** Rows that lie this close are uploaded in one piece: a call costs more than the bytes between them. */
const GAP_ROWS = 64;

const ATTRIBUTES = [
  { location: 0, size: 4, at: INSTANCE.xHigh },
  { location: 1, size: 2, at: INSTANCE.velocityX },
  { location: 2, size: 2, at: INSTANCE.positionTime },
  { location: 3, size: 2, at: INSTANCE.offsetX },
  { location: 4, size: 2, at: INSTANCE.heading },
  { location: 5, size: 1, at: INSTANCE.altitude },
] as const;

export class WebglRenderer implements FlightRenderer {
  readonly kind = "webgl2";
  readonly mostTrailPoints = 60_000;
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();
  /** Loaded and made when there is something for it to draw: a program takes a while to compile. */
  private trails: TrailProgram | null = null;
  private latestTrails: TrailPoints | null = null;
  private readonly instanceBuffer: WebGLBuffer;
  private readonly stateBuffer: WebGLBuffer;
  private uploadedCapacity = 0;
  private stateCapacity = 0;

  /** @throws Error when the browser gives no WebGL2 context or refuses the programs. */
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
    this.instanceBuffer = gl.createBuffer();
    this.stateBuffer = gl.createBuffer();
    // biome-ignore lint/correctness/useHookAtTopLevel: WebGL has a function of this name, which is no hook
    gl.useProgram(this.program);
    this.describeAttributes();
    this.uploadSheet();
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1fv(this.uniform("uCategoryScales[0]"), CATEGORY_SCALES);
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
    gl.bindBuffer(gl.ARRAY_BUFFER, this.instanceBuffer);
    if (update === null || rows.capacity !== this.uploadedCapacity) {
      gl.bufferData(gl.ARRAY_BUFFER, rows.instances, gl.DYNAMIC_DRAW);
      this.uploadedCapacity = rows.capacity;
      return;
    }
    for (let i = 0; i < update.rows.length; ) {
      const first = update.rows[i] as number;
      let last = first;
      for (i++; i < update.rows.length && (update.rows[i] as number) - last <= GAP_ROWS; i++) {
        last = update.rows[i] as number;
      }
      const from = first * INSTANCE_FLOATS;
      gl.bufferSubData(
        gl.ARRAY_BUFFER,
        first * INSTANCE_BYTES,
        rows.instances,
        from,
        (last + 1) * INSTANCE_FLOATS - from,
      );
    }
  }

  statesChanged(states: Uint8Array): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.stateBuffer);
    if (states.length === this.stateCapacity) gl.bufferSubData(gl.ARRAY_BUFFER, 0, states);
    else gl.bufferData(gl.ARRAY_BUFFER, states, gl.DYNAMIC_DRAW);
    this.stateCapacity = states.length;
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
    // A cell of the sheet has a margin for the outline, by which the quad is larger than the icon.
    gl.uniform1f(this.uniform("uIconPx"), scene.iconPx * 1.16);
    gl.uniform3fv(this.uniform("uAltitudeColours[0]"), palette.altitude.flatMap(rgb));
    gl.uniform3fv(this.uniform("uGroundColour"), rgb(palette.ground));
    gl.uniform3fv(this.uniform("uUnknownColour"), rgb(palette.unknown));
    gl.uniform3fv(this.uniform("uEmergencyColour"), rgb(palette.emergency));
    gl.uniform3fv(this.uniform("uSelectedColour"), rgb(palette.selected));
    gl.uniform3fv(this.uniform("uOutlineColour"), rgb(palette.outline));
    const copies = worldCopies(view);
    for (let copy = -copies; copy <= copies; copy++) {
      gl.uniform1f(this.uniform("uCopy"), copy);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    }
  }

  /** Whether something was drawn in the middle of the canvas; asked right after `draw`, by the self-test. */
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

  private describeAttributes(): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.instanceBuffer);
    for (const { location, size, at } of ATTRIBUTES) {
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, INSTANCE_BYTES, at * 4);
    }
    gl.vertexAttribPointer(6, 4, gl.UNSIGNED_BYTE, false, INSTANCE_BYTES, INSTANCE.style * 4);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.stateBuffer);
    gl.vertexAttribPointer(7, 1, gl.UNSIGNED_BYTE, false, 1, 0);
    for (let location = 0; location <= 7; location++) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribDivisor(location, 1);
    }
  }

  private uploadSheet(): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawSheet());
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

function webgl2(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  if (gl === null) throw new Error("this browser offers no WebGL2");
  return gl;
}
