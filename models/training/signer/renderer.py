"""Draws a signer: rays through every pixel that a body's part may cover, and a depth for each pixel.

A part is a row of numbers, see the constants: an ellipsoid, or a rounded cone, a cone between two balls. Its shape is
given in its own space, local = linear @ (place - centre), so that flattened parts are as simple as round ones. Pixels are
shaded by Lambert's law, darker at grazing angles, and by a soft shadow of what stands nearer in the light's direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

# Of a part: what kind it is; the two balls of a cone in its own space; its own space, which of a cone is flattened along z
# at most; the radius of a ball about an ellipsoid; the material; the way a palm looks, for skin that is lighter there.
BALL, CONE = 0.0, 1.0
KIND, A, B, RADIUS_A, RADIUS_B, CENTRE, LINEAR = 0, 1, 4, 7, 8, 9, 12
REACH, MATERIAL, PALM, NUMBERS = 21, 22, 23, 26

# Of a material: two colours of linear light, the pattern and its size, the neck line and how it is cut, how much it shines.
COLOUR, OTHER, PATTERN, SIZE, NECK_WIDTH, NECK_DEPTH, GLOSS, MATERIAL_NUMBERS = 0, 3, 6, 7, 8, 9, 10, 11
PLAIN, ACROSS, UPRIGHT, CHECKED, DOTTED, BLOCK, SKIN, FADING = range(8)


@dataclass(frozen=True)
class Camera:
    """Where the rays go: the eye, and what one picture's width to the right and one height down add to the middle's ray."""

    eye: np.ndarray
    ahead: np.ndarray
    right: np.ndarray
    down: np.ndarray

    def project(self, places: np.ndarray) -> np.ndarray:
        """[..., 3] to [..., 3]: right and down of the picture's middle in widths and heights, and the depth."""
        inverse = np.linalg.inv(np.stack([self.right, self.down, self.ahead], 1))
        seen = (places - self.eye) @ inverse.T
        return np.concatenate([seen[..., :2] / seen[..., 2:], seen[..., 2:]], -1)


@dataclass(frozen=True)
class Light:
    """Linear light: where the lamp is, its colour, and what comes from everywhere."""

    towards: np.ndarray
    lamp: np.ndarray
    around: np.ndarray


def draw(parts: np.ndarray, materials: np.ndarray, camera: Camera, light: Light, background: np.ndarray) -> np.ndarray:
    """float32 [height, width, 3]: linear light over the background, which has the picture's size."""
    picture = background.astype(np.float32).copy()
    # The lamp's direction in the picture, for its shadows.
    lamp = light.towards / np.linalg.norm(light.towards)
    inverse = np.linalg.inv(np.stack([camera.right, camera.down, camera.ahead], 1))
    aside = (inverse @ lamp)[:2] / np.linalg.norm(camera.ahead)
    _draw(
        parts, materials, camera.eye, camera.ahead, camera.right, camera.down, lamp, light.lamp, light.around, aside, picture
    )
    return picture


@numba.njit(cache=True, fastmath=True)
def _pattern(material, x, y, z):
    """The share of a material's other colour at a place of the body."""
    pattern, size = int(material[PATTERN]), material[SIZE]
    if pattern == ACROSS:
        return 1.0 if math.sin(y * size) > 0.15 else 0.0
    if pattern == UPRIGHT:
        return 1.0 if math.sin(x * size) > 0.3 else 0.0
    if pattern == CHECKED:
        return 0.5 * (math.sin(x * size) > 0.2) + 0.5 * (math.sin(y * size) > 0.2)
    if pattern == DOTTED:
        u, v = x * size / 3.1416, y * size / 3.1416
        u, v = u - math.floor(u) - 0.5, v - math.floor(v) - 0.5
        return 1.0 if u * u + v * v < 0.06 else 0.0
    if pattern == BLOCK:
        return 1.0 if abs(x) < 0.085 and -0.24 < y < -0.12 and z > 0 else 0.0
    if pattern == FADING:
        return min(1.0, max(0.0, (y + 0.5) * 2))
    return 0.0


@numba.njit(cache=True, fastmath=True)
def _draw(parts, materials, eye, ahead, right, down, lamp, lamp_colour, around, aside, picture):
    height, width = picture.shape[:2]
    depth = np.full((height, width), 1e9, np.float32)
    which = np.full((height, width), -1, np.int32)
    normals = np.zeros((height, width, 3), np.float32)
    # The picture's axes, for the frames of what may be covered.
    m = np.empty((3, 3))
    for k in range(3):
        m[k, 0], m[k, 1], m[k, 2] = right[k], down[k], ahead[k]
    inverse = np.linalg.inv(m)
    right_length = math.sqrt(right[0] ** 2 + right[1] ** 2 + right[2] ** 2)
    down_length = math.sqrt(down[0] ** 2 + down[1] ** 2 + down[2] ** 2)
    for number in range(len(parts)):
        part = parts[number]
        low_x, high_x, low_y, high_y = 1e9, -1e9, 1e9, -1e9
        ends = 1 if part[KIND] == BALL else 2
        for end in range(ends):
            reach = part[REACH]
            x, y, z = part[CENTRE] - eye[0], part[CENTRE + 1] - eye[1], part[CENTRE + 2] - eye[2]
            if ends == 2:
                from_ = A if end == 0 else B
                x, y, z = x + part[from_], y + part[from_ + 1], z + part[from_ + 2] / part[LINEAR + 8]
                reach = part[RADIUS_A] if end == 0 else part[RADIUS_B]
            far = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2] * z
            if far < 0.05:
                continue
            across = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2] * z) / far
            below = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2] * z) / far
            aside_x, aside_y = 1.15 * reach / (far * right_length), 1.15 * reach / (far * down_length)
            low_x, high_x = min(low_x, across - aside_x), max(high_x, across + aside_x)
            low_y, high_y = min(low_y, below - aside_y), max(high_y, below + aside_y)
        first_column = max(0, int((low_x + 0.5) * width) - 1)
        last_column = min(width, int((high_x + 0.5) * width) + 2)
        first_row = max(0, int((low_y + 0.5) * height) - 1)
        last_row = min(height, int((high_y + 0.5) * height) + 2)
        if first_column >= last_column or first_row >= last_row:
            continue
        # Everything in the part's own space.
        l = part[LINEAR : LINEAR + 9]
        ex, ey, ez = eye[0] - part[CENTRE], eye[1] - part[CENTRE + 1], eye[2] - part[CENTRE + 2]
        ox, oy, oz = l[0] * ex + l[1] * ey + l[2] * ez, l[3] * ex + l[4] * ey + l[5] * ez, l[6] * ex + l[7] * ey + l[8] * ez
        ax, ay, az = part[A], part[A + 1], part[A + 2]
        ra, rb = part[RADIUS_A], part[RADIUS_B]
        bx, by, bz = part[B] - ax, part[B + 1] - ay, part[B + 2] - az
        oax, oay, oaz = ox - ax, oy - ay, oz - az
        obx, oby, obz = oax - bx, oay - by, oaz - bz
        rr = ra - rb
        m0 = bx * bx + by * by + bz * bz
        m1 = bx * oax + by * oay + bz * oaz
        m5 = oax * oax + oay * oay + oaz * oaz
        m7 = obx * obx + oby * oby + obz * obz
        d2 = m0 - rr * rr
        cone = part[KIND] == CONE and d2 > 1e-12
        for row in range(first_row, last_row):
            v = (row + 0.5) / height - 0.5
            for column in range(first_column, last_column):
                u = (column + 0.5) / width - 0.5
                wx = ahead[0] + u * right[0] + v * down[0]
                wy = ahead[1] + u * right[1] + v * down[1]
                wz = ahead[2] + u * right[2] + v * down[2]
                dx, dy, dz = l[0] * wx + l[1] * wy + l[2] * wz, l[3] * wx + l[4] * wy + l[5] * wz, l[6] * wx + l[7] * wy + l[8] * wz
                long = math.sqrt(dx * dx + dy * dy + dz * dz)
                dx, dy, dz = dx / long, dy / long, dz / long
                t = 1e9
                nx, ny, nz = 0.0, 0.0, 0.0
                m3 = dx * oax + dy * oay + dz * oaz
                hit = False
                if cone:
                    m2 = bx * dx + by * dy + bz * dz
                    k2 = d2 - m2 * m2
                    k1 = d2 * m3 - m1 * m2 + m2 * rr * ra
                    k0 = d2 * m5 - m1 * m1 + m1 * rr * ra * 2 - m0 * ra * ra
                    h = k1 * k1 - k0 * k2
                    if h < 0:
                        continue
                    s = (-math.sqrt(h) - k1) / k2
                    y = m1 - ra * rr + s * m2
                    if 0 < y < d2:
                        t = s
                        nx = d2 * (oax + t * dx) - bx * y
                        ny = d2 * (oay + t * dy) - by * y
                        nz = d2 * (oaz + t * dz) - bz * y
                        hit = True
                    else:
                        m6 = dx * obx + dy * oby + dz * obz
                        h2 = m6 * m6 - m7 + rb * rb
                        if h2 > 0:
                            t = -m6 - math.sqrt(h2)
                            nx, ny, nz = obx + t * dx, oby + t * dy, obz + t * dz
                            hit = True
                if not hit or not cone:
                    h1 = m3 * m3 - m5 + ra * ra
                    if h1 > 0:
                        s = -m3 - math.sqrt(h1)
                        if s < t:
                            t = s
                            nx, ny, nz = oax + t * dx, oay + t * dy, oaz + t * dz
                            hit = True
                if not hit:
                    continue
                far = t / long
                if far <= 0 or far >= depth[row, column]:
                    continue
                depth[row, column] = far
                which[row, column] = number
                # A surface's normal is turned back by the transposed.
                gx = l[0] * nx + l[3] * ny + l[6] * nz
                gy = l[1] * nx + l[4] * ny + l[7] * nz
                gz = l[2] * nx + l[5] * ny + l[8] * nz
                g = math.sqrt(gx * gx + gy * gy + gz * gz) + 1e-12
                normals[row, column, 0], normals[row, column, 1], normals[row, column, 2] = gx / g, gy / g, gz / g
    for row in range(height):
        v = (row + 0.5) / height - 0.5
        for column in range(width):
            number = which[row, column]
            if number < 0:
                continue
            u = (column + 0.5) / width - 0.5
            part = parts[number]
            material = materials[int(part[MATERIAL])]
            far = depth[row, column]
            wx = ahead[0] + u * right[0] + v * down[0]
            wy = ahead[1] + u * right[1] + v * down[1]
            wz = ahead[2] + u * right[2] + v * down[2]
            long = math.sqrt(wx * wx + wy * wy + wz * wz)
            nx, ny, nz = normals[row, column, 0], normals[row, column, 1], normals[row, column, 2]
            facing = max(0.0, -(nx * wx + ny * wy + nz * wz) / long)
            lit = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
            lit = max(0.0, (lit + 0.25) / 1.25)
            # Whether something stands between here and the lamp, within a hand's breadth or two.
            free = 4.0
            for step in range(1, 5):
                away = 0.022 * step * step ** 0.5
                r = int(row + (away * aside[1] / far) * height + 0.5)
                c = int(column + (away * aside[0] / far) * width + 0.5)
                if 0 <= r < height and 0 <= c < width:
                    nearer = far - depth[r, c]
                    if 0.4 * away + 0.012 < nearer < 0.25:
                        free -= 1.0
            lit *= 0.35 + 0.65 * free / 4.0
            edge = 0.5 + 0.5 * math.sqrt(facing)
            sky = 0.75 + 0.25 * ny
            x, y, z = eye[0] + far * wx, eye[1] + far * wy, eye[2] + far * wz
            share = 0.0
            if material[PATTERN] == SKIN:
                towards = nx * part[PALM] + ny * part[PALM + 1] + nz * part[PALM + 2]
                share = min(1.0, max(0.0, towards * 1.5))
            else:
                share = _pattern(material, x, y, z)
            shine = 0.0
            if material[GLOSS] > 0:
                # Halfway between the eye and the lamp.
                hx, hy, hz = lamp[0] - wx / long, lamp[1] - wy / long, lamp[2] - wz / long
                h = math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
                shine = material[GLOSS] * max(0.0, (nx * hx + ny * hy + nz * hz) / h) ** 24 * free / 4.0
            bare = False
            if material[NECK_DEPTH] > 0 and z > -0.02:
                # A round neck line is an ellipse about the throat, a pointed one a triangle; its width is then negative.
                if material[NECK_WIDTH] > 0:
                    a, b = x / material[NECK_WIDTH], (y - 0.05) / material[NECK_DEPTH]
                    bare = a * a + b * b < 1
                else:
                    bare = abs(x) < (y - 0.05 + material[NECK_DEPTH]) * -material[NECK_WIDTH] / material[NECK_DEPTH]
            for k in range(3):
                colour = material[COLOUR + k] * (1 - share) + material[OTHER + k] * share
                if bare:
                    colour = materials[0, COLOUR + k]
                light = lamp_colour[k] * lit + around[k] * sky
                picture[row, column, k] = colour * light * edge + shine * lamp_colour[k]
