// Draws the trails of all aircraft in view with one instanced call: each instance is the line between two neighbouring
// points of the buffer (flights/trailPoints.ts). WebglRenderer owns it and draws it below the aircraft.
import { NULL_VALUE } from "@flighttracker/client";
import { BREAK, POINT_FLOATS, TRAIL_ON_GROUND, type TrailPoints } from "@/flights/trailLayout";
import { createProgram } from "./glProgram";
import { rgb } from "./palette";
import type { Scene } from "./renderer";
import { ALTITUDE_COLOUR, STOPS } from "./shaders";
import { worldCopies } from "./view";

const POINT_BYTES = POINT_FLOATS * 4;
const OPACITY = 0.55;

const VERTEX_SHADER = `#version 300 es
precision highp float;
layout(location = 0) in vec4 aFrom;
layout(location = 1) in vec4 aTo;
uniform vec2 uShift;
uniform float uScale;
uniform vec2 uViewport;
uniform float uUntil;
uniform float uCopy;
uniform vec3 uGroundColour;
uniform vec3 uUnknownColour;
${ALTITUDE_COLOUR}
out vec3 vColour;

void main() {
  vec4 point = gl_VertexID == 0 ? aFrom : aTo;
  // A break, or a point after the moment of the past.
  if (aFrom.w > ${(BREAK / 2).toFixed(1)} || aTo.w > ${(BREAK / 2).toFixed(1)} || aFrom.z > uUntil || aTo.z > uUntil) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 fromCentre = point.xy + uShift;
  fromCentre.x += uCopy;
  vec2 pixels = fromCentre * uScale;
  gl_Position = vec4(pixels.x / (0.5 * uViewport.x), -pixels.y / (0.5 * uViewport.y), 0.0, 1.0);
  vColour = point.w < ${(NULL_VALUE + 0.5).toFixed(1)} ? uUnknownColour
    : point.w < ${(TRAIL_ON_GROUND + 0.5).toFixed(1)} ? uGroundColour : altitudeColour(point.w);
}
`;

const FRAGMENT_SHADER = `#version 300 es
precision mediump float;
in vec3 vColour;
out vec4 colour;

void main() {
  colour = vec4(vColour * ${OPACITY}, ${OPACITY});
}
`;

export class TrailProgram {
  private readonly program: WebGLProgram;
  private readonly vertexArray: WebGLVertexArrayObject;
  private readonly buffer: WebGLBuffer;
  private trails: TrailPoints | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = createProgram(gl, VERTEX_SHADER, FRAGMENT_SHADER);
    this.vertexArray = gl.createVertexArray();
    this.buffer = gl.createBuffer();
    gl.bindVertexArray(this.vertexArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    for (const location of [0, 1]) {
      gl.vertexAttribPointer(location, POINT_FLOATS, gl.FLOAT, false, POINT_BYTES, location * POINT_BYTES);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribDivisor(location, 1);
    }
    gl.bindVertexArray(null);
  }

  setTrails(trails: TrailPoints | null): void {
    const { gl } = this;
    this.trails = trails;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, trails?.points ?? new Float32Array(0), gl.DYNAMIC_DRAW);
  }

  /** `referenceMs` is the reference of the scene's time. It does not restore the program and the vertex array. */
  draw({ view, palette, timeS }: Scene, referenceMs: number): void {
    const { gl, trails, program } = this;
    const count = (trails?.points.length ?? 0) / POINT_FLOATS - 1;
    if (trails === null || count < 1) return;
    const uniform = (name: string) => gl.getUniformLocation(program, name);
    // biome-ignore lint/correctness/useHookAtTopLevel: WebGL has a function of this name, which is no hook
    gl.useProgram(program);
    gl.bindVertexArray(this.vertexArray);
    const centreX = (view.left + view.width / 2) / view.scale;
    const centreY = (view.top + view.height / 2) / view.scale;
    const shiftX = trails.originX - centreX;
    gl.uniform2f(uniform("uShift"), shiftX - Math.round(shiftX), trails.originY - centreY);
    gl.uniform1f(uniform("uScale"), view.scale);
    gl.uniform2f(uniform("uViewport"), view.width, view.height);
    gl.uniform1f(uniform("uUntil"), timeS + (referenceMs - trails.referenceMs) / 1000 + 1);
    gl.uniform1fv(uniform("uStops[0]"), STOPS);
    gl.uniform3fv(uniform("uAltitudeColours[0]"), palette.altitude.flatMap(rgb));
    gl.uniform3fv(uniform("uGroundColour"), rgb(palette.ground));
    gl.uniform3fv(uniform("uUnknownColour"), rgb(palette.unknown));
    const copies = worldCopies(view);
    for (let copy = -copies; copy <= copies; copy++) {
      gl.uniform1f(uniform("uCopy"), copy);
      gl.drawArraysInstanced(gl.LINES, 0, 2, count);
    }
    gl.bindVertexArray(null);
  }
}
