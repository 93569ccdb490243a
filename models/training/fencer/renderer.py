"""Draws bodies whose parts flow into each other: rays are marched through a field of distances.

A part is a row of numbers, see the constants: a rounded cone, that is a cone between two balls, which may be flattened along
one direction. The union of the parts is smooth, so that a thigh grows out of a hip and has no seam. Cloth has folds, which
are shallow waves of the surface that stick to their part. Pixels are shaded by a lamp with soft shadows, by the sky of the
hall, and darker where little of it is seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

# Of a part: its two balls; along what it is flattened and to which share; how far it flows into its neighbours; material,
# the depth of its folds in metres and where in their waves it begins.
A, B, RADIUS_A, RADIUS_B, ACROSS, FLAT, BLEND, MATERIAL, FOLDS, PHASE, NUMBERS = 0, 3, 6, 7, 8, 11, 12, 13, 14, 15, 16
# Of a material: linear light, how much it shines, the size of a mesh's holes per metre and their darkness.
COLOUR, GLOSS, MESH, HOLES, MATERIAL_NUMBERS = 0, 3, 4, 5, 6
TILE = 8
FAR = 1e9


@dataclass(frozen=True)
class Camera:
    """A camera that looks ahead along -z and a little down.

    `eye` is in metres; `focal` in pixels; `down` in radians.
    """

    width: int
    height: int
    eye: np.ndarray
    focal: float
    down: float

    @property
    def axes(self) -> np.ndarray:
        """Rows: the directions of x to the right, y down, and depth of the picture. [3, 3]."""
        c, s = math.cos(self.down), math.sin(self.down)
        return np.array([[1.0, 0.0, 0.0], [0.0, -c, s], [0.0, -s, -c]])

    def project(self, places: np.ndarray) -> np.ndarray:
        """[..., 3] in metres to [..., 2] in pixels, x right and y down."""
        seen = (places - self.eye) @ self.axes.T
        return seen[..., :2] / seen[..., 2:] * self.focal + np.array([self.width / 2, self.height / 2])

    def rays(self) -> np.ndarray:
        """Unit directions through the middles of all pixels, [height, width, 3]."""
        across = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        below = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        rays = np.stack([*np.meshgrid(across, below), np.ones((self.height, self.width))], -1) @ self.axes
        return rays / np.linalg.norm(rays, axis=-1, keepdims=True)

    def finer(self, times: int) -> Camera:
        return Camera(self.width * times, self.height * times, self.eye, self.focal * times, self.down)


@dataclass(frozen=True)
class Light:
    """Linear light: where the lamp is, its colour, and what comes from above and is thrown back by the floor."""

    towards: np.ndarray
    lamp: np.ndarray
    sky: np.ndarray
    ground: np.ndarray


def draw(
    parts: np.ndarray,
    materials: np.ndarray,
    camera: Camera,
    rays: np.ndarray,
    light: Light,
    picture: np.ndarray,
    depth: np.ndarray,
) -> None:
    """Draws one body, [parts, NUMBERS], into a picture of linear light, float32 [height, width, 3].

    `depth`, float32 [height, width], is how far each pixel's body is along its ray, metres, or FAR. What was there is darkened
    where the body stands in its light; the floor is at y = 0. `rays` are the camera's.
    """
    middle = (parts[:, A : A + 3] + parts[:, B : B + 3]) / 2
    reach = np.linalg.norm(parts[:, B : B + 3] - parts[:, A : A + 3], axis=1) / 2 + parts[:, [RADIUS_A, RADIUS_B]].max(1) + 0.012
    seen = (middle - camera.eye) @ camera.axes.T
    spot = seen[:, :2] / seen[:, 2:] * camera.focal + np.array([camera.width / 2, camera.height / 2])
    around = (reach + parts[:, BLEND]) / seen[:, 2] * camera.focal * 1.03
    lamp = light.towards / np.linalg.norm(light.towards)
    _draw(
        parts,
        materials,
        middle,
        reach,
        spot,
        around,
        seen[:, 2],
        camera.eye,
        rays,
        lamp,
        light.lamp,
        light.sky,
        light.ground,
        picture,
        depth,
    )


@numba.njit(cache=True, fastmath=True)
def _part(part, x, y, z):
    """The distance to a part, somewhat too small where it is flattened."""
    ax, ay, az = part[0], part[1], part[2]
    bx, by, bz = part[3] - ax, part[4] - ay, part[5] - az
    px, py, pz = x - ax, y - ay, z - az
    flat = part[11]
    if flat < 1:
        nx, ny, nz = part[8], part[9], part[10]
        more = 1 / flat - 1
        # About the part's middle plane; its axis lies in it.
        d = (px * nx + py * ny + pz * nz) * more
        px, py, pz = px + d * nx, py + d * ny, pz + d * nz
    r1, r2 = part[6], part[7]
    l2 = bx * bx + by * by + bz * bz
    if l2 < 1e-8:
        found = math.sqrt(px * px + py * py + pz * pz) - r1
    else:
        rr = r1 - r2
        a2 = l2 - rr * rr
        il2 = 1 / l2
        yy = px * bx + py * by + pz * bz
        zz = yy - l2
        qx, qy, qz = px * l2 - bx * yy, py * l2 - by * yy, pz * l2 - bz * yy
        x2 = qx * qx + qy * qy + qz * qz
        y2 = yy * yy * l2
        z2 = zz * zz * l2
        sign = 1.0 if rr > 0 else (-1.0 if rr < 0 else 0.0)
        k = sign * rr * rr * x2
        if (1.0 if zz > 0 else -1.0) * a2 * z2 > k:
            found = math.sqrt(x2 + z2) * il2 - r2
        elif (1.0 if yy > 0 else -1.0) * a2 * y2 < k:
            found = math.sqrt(x2 + y2) * il2 - r1
        else:
            found = (math.sqrt(x2 * a2 * il2) + yy * rr) * il2 - r1
    if part[14] > 0 and found < 0.03:
        long = math.sqrt(l2) + 1e-6
        u = (px * bx + py * by + pz * bz) / long
        v = px * part[8] + py * part[9] + pz * part[10]
        phase = part[15]
        wave = math.sin(u * 46 + 2.2 * math.sin(v * 23 + phase) + phase * 3) + 0.6 * math.sin(
            u * 83 - v * 51 + phase * 7 + 1.5 * math.sin(v * 40)
        )
        found += part[14] * wave * 0.6
    return found * flat if flat < 1 else found


@numba.njit(cache=True, fastmath=True)
def _field(parts, middle, reach, chosen, count, x, y, z):
    """The distance to the smooth union of the chosen parts."""
    found = 1e9
    for n in range(count):
        i = chosen[n]
        dx, dy, dz = x - middle[i, 0], y - middle[i, 1], z - middle[i, 2]
        k = parts[i, 12]
        limit = found + k + reach[i]
        if limit > 0 and dx * dx + dy * dy + dz * dz > limit * limit:
            continue
        d = _part(parts[i], x, y, z)
        h = max(0.0, k - abs(found - d))
        found = min(found, d) - (h * h * 0.25 / k if k > 0 else 0.0)
    return found


@numba.njit(cache=True, fastmath=True)
def _nearest(parts, chosen, count, x, y, z):
    best, found = 1e9, 0
    for n in range(count):
        d = _part(parts[chosen[n]], x, y, z)
        if d < best:
            best, found = d, chosen[n]
    return found


@numba.njit(cache=True, fastmath=True)
def _shadow(parts, middle, reach, all_, x, y, z, lamp, first, last):
    """Which share of a lamp of some size is seen from a place."""
    free = 1.0
    t = first
    for _ in range(24):
        d = _field(parts, middle, reach, all_, len(all_), x + t * lamp[0], y + t * lamp[1], z + t * lamp[2])
        free = min(free, 9 * d / t + 0.15)
        if free < 0 or t > last:
            break
        t += max(0.025, min(d, 0.25))
    return min(1.0, max(0.0, free))


@numba.njit(cache=True, fastmath=True)
def _draw(parts, materials, middle, reach, spot, around, far_of, eye, rays, lamp, lamp_colour, sky, ground, picture, depth):
    height, width = depth.shape
    total = len(parts)
    all_ = np.arange(total)
    chosen = np.empty(total, np.int64)
    low = middle[0].copy()
    high = middle[0].copy()
    for i in range(total):
        for k in range(3):
            low[k] = min(low[k], middle[i, k] - reach[i])
            high[k] = max(high[k], middle[i, k] + reach[i])
    colour = np.empty(3)
    # The floor's shadows are computed for four pixels at once: they have no edges.
    dimmed = np.empty((TILE // 2, TILE // 2))
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            dimmed[:] = -1
            count = 0
            begin = 1e9
            for i in range(total):
                cx = min(max(spot[i, 0], left), left + TILE)
                cy = min(max(spot[i, 1], top), top + TILE)
                if (cx - spot[i, 0]) ** 2 + (cy - spot[i, 1]) ** 2 < around[i] ** 2:
                    chosen[count] = i
                    count += 1
                    begin = min(begin, far_of[i] - reach[i] * 1.1 - parts[i, 12])
            for row in range(top, min(top + TILE, height)):
                for column in range(left, min(left + TILE, width)):
                    wx, wy, wz = rays[row, column, 0], rays[row, column, 1], rays[row, column, 2]
                    hit = False
                    t = begin
                    if count > 0:
                        # `begin` is a depth along the camera's axis, so the ray is at least as long.
                        for _ in range(60):
                            d = _field(parts, middle, reach, chosen, count, eye[0] + t * wx, eye[1] + t * wy, eye[2] + t * wz)
                            if d < 0.0008:
                                hit = True
                                break
                            t += d * 0.85
                            if t > begin + 4 or d > 3:
                                break
                    if not hit:
                        # The floor in the bodies' shadow.
                        if wy < -1e-3:
                            t = -eye[1] / wy
                            x, z = eye[0] + t * wx, eye[2] + t * wz
                            if (
                                depth[row, column] >= FAR
                                and low[0] - 0.9 < x < high[0] + 0.9
                                and low[2] - 1.3 < z < high[2] + 0.4
                            ):
                                r, c = (row - top) // 2, (column - left) // 2
                                if dimmed[r, c] < 0:
                                    share = _shadow(parts, middle, reach, all_, x, 0.0, z, lamp, 0.02, 2.2)
                                    d = _field(parts, middle, reach, all_, total, x, 0.03, z)
                                    near = 0.55 + 0.45 * min(1.0, max(0.0, (d + 0.02) / 0.12))
                                    dimmed[r, c] = (0.55 + 0.45 * share) * near
                                for k in range(3):
                                    picture[row, column, k] *= dimmed[r, c]
                        continue
                    if t >= depth[row, column]:
                        continue
                    x, y, z = eye[0] + t * wx, eye[1] + t * wy, eye[2] + t * wz
                    depth[row, column] = t
                    e = 0.0015
                    n1 = _field(parts, middle, reach, chosen, count, x + e, y - e, z - e)
                    n2 = _field(parts, middle, reach, chosen, count, x - e, y - e, z + e)
                    n3 = _field(parts, middle, reach, chosen, count, x - e, y + e, z - e)
                    n4 = _field(parts, middle, reach, chosen, count, x + e, y + e, z + e)
                    nx, ny, nz = n1 - n2 - n3 + n4, -n1 - n2 + n3 + n4, -n1 + n2 - n3 + n4
                    g = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
                    nx, ny, nz = nx / g, ny / g, nz / g
                    part = parts[_nearest(parts, chosen, count, x, y, z)]
                    material = materials[int(part[13])]
                    lit = max(0.0, nx * lamp[0] + ny * lamp[1] + nz * lamp[2])
                    if lit > 0:
                        lit *= _shadow(parts, middle, reach, all_, x + 0.01 * nx, y + 0.01 * ny, z + 0.01 * nz, lamp, 0.03, 1.2)
                    open_ = 0.0
                    for step in range(1, 4):
                        away = 0.035 * step * step
                        d = _field(parts, middle, reach, all_, total, x + away * nx, y + away * ny, z + away * nz)
                        open_ += min(1.0, max(0.0, min(d, y + away * ny) / away)) / 3
                    open_ = 0.3 + 0.7 * open_
                    up = 0.5 + 0.5 * ny
                    facing = max(0.0, -(nx * wx + ny * wy + nz * wz))
                    edge = 0.72 + 0.28 * facing
                    hx, hy, hz = lamp[0] - wx, lamp[1] - wy, lamp[2] - wz
                    h = math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
                    shine = material[3] * max(0.0, (nx * hx + ny * hy + nz * hz) / h) ** 18 * min(1.0, 3 * lit)
                    for k in range(3):
                        colour[k] = material[k]
                    if material[4] > 0:
                        s = math.sin(x * material[4]) * math.sin(y * material[4]) + 0.3 * math.sin(
                            (x + y + z) * material[4] * 0.21
                        )
                        for k in range(3):
                            colour[k] *= 1 - material[5] * (0.5 + 0.5 * s)
                    for k in range(3):
                        bright = lamp_colour[k] * lit + (sky[k] * up + ground[k] * (1 - up)) * open_
                        picture[row, column, k] = colour[k] * bright * edge + shine * lamp_colour[k]
