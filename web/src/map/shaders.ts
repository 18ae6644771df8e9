// The two GPU programs that draw all aircraft. The vertex program does the arithmetic of flights/deadReckoning.ts, so no
// JavaScript runs for an aircraft between two of its positions.

import { FEET_PER_ALTITUDE_UNIT, NULL_VALUE } from "@flighttracker/client";
import { BLEND_TIME_S, FADE_FROM_S, FADED_OPACITY, FADED_S } from "@/flights/deadReckoning";
import {
  CLASS_SHIFT,
  HOVERED,
  INSTANCE_FLOATS,
  SELECTED,
  STYLE_EMERGENCY,
  STYLE_ON_GROUND,
  VISIBLE,
} from "@/flights/instance";
import { FIRST_KEPT_ON_GROUND, FIRST_UPRIGHT, SILHOUETTE_NUMBER, SILHOUETTES } from "@/flights/silhouette";
import { ALTITUDE_STOPS_FT } from "./palette";

const float = (value: number) => value.toFixed(6);

/** Colour of an altitude as stored, for a vertex program; palette.ts does the same on the CPU. */
export const ALTITUDE_COLOUR = `
uniform float uStops[${ALTITUDE_STOPS_FT.length}];
uniform vec3 uAltitudeColours[${ALTITUDE_STOPS_FT.length}];
vec3 altitudeColour(float altitude) {
  vec3 colour = uAltitudeColours[0];
  for (int i = 1; i < ${ALTITUDE_STOPS_FT.length}; i++) {
    colour = mix(colour, uAltitudeColours[i], clamp((altitude - uStops[i - 1]) / (uStops[i] - uStops[i - 1]), 0.0, 1.0));
  }
  return colour;
}`;

/** Layout of the rows in the textures: rows per line, and texels per row. */
export const ROWS_PER_LINE = 256;
export const TEXELS_PER_ROW = INSTANCE_FLOATS / 4;

/**
 * Each aircraft is four vertices that read its row from a texture. Instanced drawing would be slowest without a GPU: the
 * software renderer draws 20,000 instances one by one.
 */
export const VERTEX_SHADER = `#version 300 es
precision highp float;
uniform highp usampler2D uInstances;
uniform highp usampler2D uStates;
uniform vec4 uCentre;
uniform float uScale;
uniform vec2 uViewport;
uniform float uTime;
uniform float uBlends;
uniform float uFlown;
uniform float uIconPx;
uniform float uCopy;
uniform float uSilhouetteScales[${SILHOUETTES.length}];
uniform vec3 uGroundColour;
uniform vec3 uUnknownColour;
uniform vec3 uEmergencyColour;
uniform vec3 uSelectedColour;
uniform vec3 uClassColours[32];
out vec2 vSheet;
out vec2 vRing;
out vec3 vColour;
out vec3 vRingColour;
out float vOpacity;
out float vHasRing;
flat out float vCell;
const vec2 CORNERS[4] = vec2[4](vec2(-1, -1), vec2(1, -1), vec2(-1, 1), vec2(1, 1));
${ALTITUDE_COLOUR}

void main() {
  int row = gl_VertexID >> 2;
  ivec2 at = ivec2(row & ${ROWS_PER_LINE - 1}, row / ${ROWS_PER_LINE});
  int state = int(texelFetch(uStates, at, 0).x);
  if ((state & ${VISIBLE}) == 0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  at.x *= ${TEXELS_PER_ROW};
  vec4 position = uintBitsToFloat(texelFetch(uInstances, at, 0));
  vec4 motion = uintBitsToFloat(texelFetch(uInstances, at + ivec2(1, 0), 0));
  vec4 turn = uintBitsToFloat(texelFetch(uInstances, at + ivec2(2, 0), 0));
  uvec4 rest = texelFetch(uInstances, at + ivec2(3, 0), 0);
  float altitude = uintBitsToFloat(rest.x);
  int style = int(rest.z >> 8) & 255;
  float flown = clamp(uTime - motion.z, 0.0, uFlown);
  float remaining = uBlends * exp(-max(0.0, uTime - motion.w) / ${float(BLEND_TIME_S)});
  vec2 fromCentre = (position.xy - uCentre.xy) + (position.zw - uCentre.zw) + motion.xy * flown + turn.xy * remaining;
  fromCentre.x -= round(fromCentre.x);
  fromCentre.x += uCopy;

  bool isEmergency = (style & ${STYLE_EMERGENCY}) != 0;
  bool isSelected = (state & ${SELECTED}) != 0;
  bool isHovered = (state & ${HOVERED}) != 0;
  bool hasRing = isEmergency || isSelected;
  int silhouette = int(rest.z & 255u);
  if ((style & ${STYLE_ON_GROUND}) != 0 && silhouette < ${FIRST_KEPT_ON_GROUND}) silhouette = ${SILHOUETTE_NUMBER.ground};
  float halfPx = 0.5 * uIconPx * uSilhouetteScales[silhouette] * (isSelected || isHovered ? 1.3 : isEmergency ? 1.15 : 1.0);
  float reach = hasRing ? 1.9 : 1.0;
  vec2 corner = CORNERS[gl_VertexID & 3] * reach;
  float heading = silhouette < ${FIRST_UPRIGHT} ? turn.z + turn.w * remaining : 0.0;
  float c = cos(heading);
  float s = sin(heading);
  vec2 turned = vec2(corner.x * c - corner.y * s, corner.x * s + corner.y * c);
  vec2 pixels = fromCentre * uScale + turned * halfPx;
  gl_Position = vec4(pixels.x / (0.5 * uViewport.x), -pixels.y / (0.5 * uViewport.y), 0.0, 1.0);

  vRing = turned * halfPx;
  vHasRing = hasRing ? halfPx * 1.55 : 0.0;
  int colourClass = state >> ${CLASS_SHIFT};
  vColour = colourClass > 0 ? uClassColours[colourClass]
    : (style & ${STYLE_ON_GROUND}) != 0 ? uGroundColour
    : altitude < ${float(NULL_VALUE + 0.5)} ? uUnknownColour : altitudeColour(altitude);
  if (isEmergency) vColour = uEmergencyColour;
  vRingColour = isSelected ? uSelectedColour : uEmergencyColour;
  float unheard = uTime - uintBitsToFloat(rest.w);
  float faded = clamp((unheard - ${float(FADE_FROM_S)}) / ${float(FADED_S - FADE_FROM_S)}, 0.0, 1.0);
  vOpacity = hasRing ? 1.0 : 1.0 - ${float(1 - FADED_OPACITY)} * faded;
  // Selects the sheet's cell; the fragment program clips it, because corners beyond 1 belong to the ring.
  vSheet.x = (float(silhouette) + 0.5 + 0.5 * corner.x) / ${float(SILHOUETTES.length)};
  vSheet.y = 0.5 + 0.5 * corner.y;
  vCell = float(silhouette);
}
`;

export const FRAGMENT_SHADER = `#version 300 es
precision mediump float;
in highp vec2 vSheet;
in vec2 vRing;
in vec3 vColour;
in vec3 vRingColour;
in float vOpacity;
in float vHasRing;
flat in float vCell;
uniform sampler2D uSheet;
uniform vec3 uOutlineColour;
out vec4 colour;

void main() {
  vec4 icon = texture(uSheet, vSheet);
  float across = vSheet.x * ${float(SILHOUETTES.length)} - vCell;
  float inside = step(0.0, across) * step(across, 1.0) * step(0.0, vSheet.y) * step(vSheet.y, 1.0);
  icon *= inside;
  colour = vec4(vColour * icon.r + uOutlineColour * (icon.a - icon.r), icon.a);
  if (vHasRing > 0.0) {
    float away = abs(length(vRing) - vHasRing);
    float ring = 1.0 - smoothstep(0.7, 1.7, away);
    colour = colour + vec4(vRingColour, 1.0) * ring * (1.0 - colour.a);
  }
  colour *= vOpacity;
}
`;

/** Altitude stops in the unit of the instances. */
export const STOPS = ALTITUDE_STOPS_FT.map((feet) => feet / FEET_PER_ALTITUDE_UNIT);
