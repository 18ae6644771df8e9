// Compiles and links a pair of shaders, synchronously or in the background.
import { until } from "./gpuWait";

/** @throws Error with the driver's message if it rejects a shader. */
export function createProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  return checked(gl, begun(gl, vertex, fragment));
}

/**
 * Without a GPU, compiling takes a third of a second. Asking for the result earlier would block the page.
 *
 * @throws Error as `createProgram`, or if the driver does not finish.
 */
export async function createProgramLater(
  gl: WebGL2RenderingContext,
  vertex: string,
  fragment: string,
): Promise<WebGLProgram> {
  const program = begun(gl, vertex, fragment);
  const parallel = gl.getExtension("KHR_parallel_shader_compile");
  if (parallel !== null) await until(() => gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR) === true);
  return checked(gl, program);
}

function begun(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error("the WebGL2 context is lost");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

function checked(gl: WebGL2RenderingContext, program: WebGLProgram): WebGLProgram {
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  const words = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader));
  throw new Error([...words, gl.getProgramInfoLog(program)].filter(Boolean).join("; ") || "no program");
}
