# pyright: reportUnknownMemberType=false, reportArgumentType=false, reportCallIssue=false
# pyright: reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# vispy has no types.
"""Drawing a `MeshState` with OpenGL 2: indexed triangles out of dynamic vertex buffers.

A bare gloo program instead of a vispy scene: both draw the same, but here an edit costs one
upload and nothing is recomputed behind our back.
"""

from collections.abc import Sequence

import numpy as np
from vispy import gloo

from core.arrays import Float
from widgets import theme
from widgets.mesh_light import AMBIENT, SHINE, SHINE_POWER
from widgets.mesh_panel import Panel
from widgets.mesh_state import MeshState, Surface, rgb_of

VERTEX = """
attribute vec3 a_position;
attribute vec3 a_normal;
attribute vec3 a_colour;
attribute vec2 a_uv;
attribute float a_trust;
attribute float a_fade;
uniform mat4 u_clip;
uniform mat3 u_turn;
varying vec3 v_normal;
varying vec3 v_colour;
varying vec2 v_uv;
varying float v_trust;
varying float v_fade;
void main() {
    gl_Position = u_clip * vec4(a_position, 1.0);
    v_normal = u_turn * a_normal;
    v_colour = a_colour;
    v_uv = a_uv;
    v_trust = a_trust;
    v_fade = a_fade;
}
"""

FRAGMENT = """
uniform sampler2D u_texture;
uniform float u_textured;
uniform vec4 u_flat;
uniform vec4 u_ground;
uniform mat3 u_lamps;
uniform vec3 u_strength;
varying vec3 v_normal;
varying vec3 v_colour;
varying vec2 v_uv;
varying float v_trust;
varying float v_fade;
void main() {
    if (u_flat.a > 0.0) {
        gl_FragColor = vec4(u_flat.rgb, u_flat.a * v_fade);
        return;
    }
    vec3 n = normalize(v_normal);
    vec3 facing = max(n * u_lamps, vec3(0.0));
    float light = %(ambient).3f + dot(facing, u_strength);
    vec3 halfway = normalize(vec3(u_lamps[0].x, u_lamps[0].y, u_lamps[0].z + 1.0));
    float shine = %(shine).3f * pow(max(dot(n, halfway), 0.0), %(power).1f);
    vec3 lit = v_colour * light + vec3(shine);
    vec3 filmed = texture2D(u_texture, v_uv).rgb;
    vec3 seen = mix(lit, filmed, u_textured * v_trust);
    gl_FragColor = vec4(mix(u_ground.rgb, seen, v_fade), 1.0);
}
""" % {"ambient": AMBIENT, "shine": SHINE, "power": SHINE_POWER}  # noqa: UP031 - braces in GLSL


class MeshDrawing:
    """Buffers and programs of one OpenGL context; made and used while it is current."""

    def __init__(self) -> None:
        self._programs = [gloo.Program(VERTEX, FRAGMENT) for _ in range(2)]
        self._faces = gloo.IndexBuffer()
        self._lines = gloo.IndexBuffer()
        self._texture = gloo.Texture2D(np.zeros((1, 1, 3), np.uint8), interpolation="linear")
        self._buffers: list[dict[str, gloo.VertexBuffer]] = [{}, {}]
        self._seen: dict[str, int] = {}
        self._lines_stamp = -1
        self._ground = (*rgb_of(theme.BASE), 1.0)
        for program in self._programs:
            program["u_texture"] = self._texture
            program["u_ground"] = self._ground
        self._wire = (*rgb_of(theme.EDITED), 0.55)
        self._wire_original = (*rgb_of(theme.FILMED), 0.55)

    def draw(self, state: MeshState, size: tuple[int, int], panels: Sequence[Panel]) -> None:
        """Draw every panel into the current target of `size` (width, height) px."""
        gloo.set_viewport(0, 0, *size)
        gloo.set_state(depth_test=True, cull_face=False, blend=False)
        gloo.set_clear_color(self._ground)
        gloo.clear(color=True, depth=True)
        if state.empty:
            return
        self._upload(state)
        for panel in panels:
            x, y, w, h = panel.box
            gloo.set_viewport(x, size[1] - y - h, w, h)
            self._draw_panel(state, panel)

    def _draw_panel(self, state: MeshState, panel: Panel) -> None:
        program = self._programs[panel.side]
        program["u_clip"] = np.ascontiguousarray(panel.sight.clip.T, np.float32)
        program["u_turn"] = np.ascontiguousarray(panel.sight.turn.T, np.float32)
        # GLSL's `n * m` dots n with the columns of m; vispy hands rows over as columns.
        program["u_lamps"], program["u_strength"] = state.light.directions()
        textured = state.surface is Surface.TEXTURED and state.texture is not None
        program["u_textured"] = 1.0 if textured else 0.0
        if state.surface is not Surface.WIRE:
            program["u_flat"] = (0.0, 0.0, 0.0, 0.0)
            program.draw("triangles", self._faces)
            return
        if self._lines_stamp != state.stamp["topology"]:
            self._lines.set_data(state.edges)
            self._lines_stamp = state.stamp["topology"]
        program["u_flat"] = self._ground
        gloo.set_state(polygon_offset_fill=True)
        gloo.set_polygon_offset(1.0, 1.0)
        program.draw("triangles", self._faces)
        gloo.set_state(
            polygon_offset_fill=False,
            blend=True,
            blend_func=("src_alpha", "one_minus_src_alpha"),
        )
        program["u_flat"] = self._wire if panel.side else self._wire_original
        program.draw("lines", self._lines)
        gloo.set_state(blend=False)

    def _upload(self, state: MeshState) -> None:
        """Bring the buffers up to date with what changed since the last drawing."""
        new = {name for name, stamp in state.stamp.items() if self._seen.get(name) != stamp}
        self._seen = dict(state.stamp)
        if "topology" in new:
            self._faces.set_data(state.triangles)
        if "texture" in new and state.texture is not None:
            self._texture.set_data(np.ascontiguousarray(state.texture))
        for side in range(2):
            if f"shape{side}" in new:
                self._set(side, "a_position", state.vertices[side])
                self._set(side, "a_normal", state.normals[side])
            if "colour" in new:
                self._set(side, "a_colour", state.colours(side))
            if "topology" in new:
                self._set(side, "a_fade", state.fade)
            if "uv" in new:
                self._set(side, "a_uv", state.uv)
                self._set(side, "a_trust", state.trust)

    def _set(self, side: int, name: str, data: Float) -> None:
        buffer = self._buffers[side].get(name)
        data = np.ascontiguousarray(data, np.float32)
        if buffer is None or buffer.size != len(data):
            buffer = gloo.VertexBuffer(data)
            self._buffers[side][name] = buffer
            self._programs[side][name] = buffer
        else:
            buffer.set_data(data, copy=False)
