"""Casts the rays of a scene: colour, class, instance and depth of every pixel.

All lengths are metres, z is up. A thing is a solid of one of the kinds below in its own frame, turned and moved into
the world. Spheres, boxes, cylinders, cones and capsules are intersected exactly, rings and cups by walking along their
distance function.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# Kinds and what their four sizes mean.
BALL = 0  # radius
BOX = 1  # half sizes along x, y, z
CYLINDER = 2  # radius, half height; axis z
CONE = 3  # radius of the base, half height; tip at +z
RING = 4  # radius of the circle, radius of the tube; axis z
CUP = 5  # radius at the foot, radius at the rim, half height, thickness; handle towards +x
CAPSULE = 6  # radius, half length of its axis; axis z

# Surfaces: how two colours are laid out, in the thing's own frame.
PLAIN = 0
CHECKS = 1
STRIPES = 2
DOTS = 3
MARBLE = 4
WOOD = 5
BRICKS = 6
BOUND = 7  # a book's: cover outside, pages on three edges
BANDS = 8  # around the axis

FAR = 1e9
# What rays hit besides things.
ROOM = -1
POSTER = -2

_fast = njit(cache=True, fastmath=True, nogil=True)


@_fast
def _hash(x, y, z):
    """A number in [0, 1) for a cell, the same every time."""
    h = (x * 374761393 + y * 668265263 + z * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1103515245) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2654435761) & 0xFFFFFFFF
    return (h & 0xFFFFFF) / 16777216.0


@_fast
def _noise(x, y, z):
    """Value noise in [0, 1], smooth between the cells of a unit grid."""
    ix, iy, iz = math.floor(x), math.floor(y), math.floor(z)
    fx, fy, fz = x - ix, y - iy, z - iz
    ix, iy, iz = int(ix), int(iy), int(iz)
    fx, fy, fz = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy), fz * fz * (3 - 2 * fz)
    value = 0.0
    for k in range(2):
        wz = fz if k else 1 - fz
        for j in range(2):
            wy = fy if j else 1 - fy
            for i in range(2):
                wx = fx if i else 1 - fx
                value += wx * wy * wz * _hash(ix + i, iy + j, iz + k)
    return value


@_fast
def _turbulence(x, y, z):
    return 0.55 * _noise(x, y, z) + 0.3 * _noise(2.1 * x, 2.1 * y, 2.1 * z) + 0.15 * _noise(4.3 * x, 4.3 * y, 4.3 * z)


@_fast
def _mix_of(surface, x, y, z, nx, ny, nz, scale):
    """Share of the second colour at a point, 0 to 1."""
    if surface == CHECKS:
        # A little off the grid, or a face that lies on it flickers.
        cells = math.floor(x / scale + 0.137) + math.floor(y / scale + 0.137) + math.floor(z / scale + 0.137)
        return float(int(cells) & 1)
    if surface == STRIPES:
        return 1.0 if math.sin((x + 0.7 * y + 0.4 * z) * 3.14159 / scale) > 0.2 else 0.0
    if surface == DOTS:
        cx, cy, cz = x / scale, y / scale, z / scale
        dx, dy, dz = cx - math.floor(cx) - 0.5, cy - math.floor(cy) - 0.5, cz - math.floor(cz) - 0.5
        return 1.0 if dx * dx + dy * dy + dz * dz < 0.14 else 0.0
    if surface == MARBLE:
        t = _turbulence(x / scale, y / scale, z / scale)
        return 0.5 + 0.5 * math.sin(6 * t + x / scale)
    if surface == WOOD:
        t = _turbulence(x / scale * 0.35, y / scale * 3, z / scale * 3)
        return 0.5 + 0.5 * math.sin(14 * t)
    if surface == BRICKS:
        u = y if abs(nx) > 0.5 else x
        v = y if abs(nz) > 0.5 else z
        row = math.floor(v / (0.5 * scale))
        u = u / scale + 0.5 * (int(row) & 1)
        fu, fv = u - math.floor(u), v / (0.5 * scale) - row
        return 1.0 if fu < 0.07 or fv < 0.14 else 0.25 * _hash(int(math.floor(u)), int(row), 5)
    if surface == BANDS:
        return 1.0 if math.sin(z * 3.14159 / scale) > 0.3 else 0.0
    return 0.0


@_fast
def _ring_distance(x, y, z, circle, tube):
    q = math.sqrt(x * x + y * y) - circle
    return math.sqrt(q * q + z * z) - tube


@_fast
def _cup_distance(x, y, z, foot, rim, half, thickness):
    r = math.sqrt(x * x + y * y)
    slope = (rim - foot) / (2 * half)
    outer = foot + slope * (z + half)
    lean = 1 / math.sqrt(1 + slope * slope)
    outside = max((r - outer) * lean, abs(z) - half)
    inside = max((r - outer + thickness) * lean, -half + thickness - z)
    shell = max(outside, -inside)
    # The handle: a ring standing in the plane y = 0, cut off where it would show inside.
    hx = x - (foot + slope * half) - 0.1 * half
    q = math.sqrt(hx * hx + z * z) - 0.62 * half
    handle = math.sqrt(q * q + y * y) - 0.13 * half
    return min(shell, max(handle, -inside))


@_fast
def _distance(kind, x, y, z, a, b, c, d):
    if kind == RING:
        return _ring_distance(x, y, z, a, b)
    return _cup_distance(x, y, z, a, b, c, d)


@_fast
def _walk(kind, ox, oy, oz, dx, dy, dz, start, end, a, b, c, d):
    """First point where the distance function vanishes on a ray between start and end; FAR where none."""
    t = start
    for _ in range(96):
        step = _distance(kind, ox + t * dx, oy + t * dy, oz + t * dz, a, b, c, d)
        if step < 2e-5:
            return t
        t += step
        if t > end:
            return FAR
    return FAR


@_fast
def _quadratic(a, b, c):
    """Smaller and larger root of a t^2 + 2 b t + c; FAR, FAR where none."""
    if abs(a) < 1e-12:
        return FAR, FAR
    disc = b * b - a * c
    if disc < 0:
        return FAR, FAR
    root = math.sqrt(disc)
    t0, t1 = (-b - root) / a, (-b + root) / a
    if t0 > t1:
        t0, t1 = t1, t0
    return t0, t1


@_fast
def _hit(kind, ox, oy, oz, dx, dy, dz, a, b, c, d, reach):
    """Distance along a ray, in the thing's frame, and the normal there; FAR where it misses."""
    near = 1e-5
    if kind == BALL:
        t0, t1 = _quadratic(1.0, ox * dx + oy * dy + oz * dz, ox * ox + oy * oy + oz * oz - a * a)
        t = t0 if t0 > near else t1
        if t <= near or t >= FAR:
            return FAR, 0.0, 0.0, 0.0
        return t, (ox + t * dx) / a, (oy + t * dy) / a, (oz + t * dz) / a
    if kind == BOX:
        enter, leave, axis, side = -FAR, FAR, 0, 1.0
        for k in range(3):
            o = ox if k == 0 else (oy if k == 1 else oz)
            v = dx if k == 0 else (dy if k == 1 else dz)
            h = a if k == 0 else (b if k == 1 else c)
            if abs(v) < 1e-12:
                if abs(o) > h:
                    return FAR, 0.0, 0.0, 0.0
                continue
            t0, t1 = (-h - o) / v, (h - o) / v
            s = -1.0
            if t0 > t1:
                t0, t1 = t1, t0
                s = 1.0
            if t0 > enter:
                enter, axis, side = t0, k, s
            leave = min(leave, t1)
        if enter > leave or enter <= near:
            return FAR, 0.0, 0.0, 0.0
        return enter, side if axis == 0 else 0.0, side if axis == 1 else 0.0, side if axis == 2 else 0.0
    if kind == CYLINDER or kind == CAPSULE:
        best, nx, ny, nz = FAR, 0.0, 0.0, 0.0
        t0, t1 = _quadratic(dx * dx + dy * dy, ox * dx + oy * dy, ox * ox + oy * oy - a * a)
        if near < t0 < FAR and abs(oz + t0 * dz) <= b:
            best, nx, ny = t0, (ox + t0 * dx) / a, (oy + t0 * dy) / a
        for s in (-1.0, 1.0):
            if kind == CYLINDER:
                if abs(dz) > 1e-12:
                    t = (s * b - oz) / dz
                    x, y = ox + t * dx, oy + t * dy
                    if near < t < best and x * x + y * y <= a * a:
                        best, nx, ny, nz = t, 0.0, 0.0, s
            else:
                ez = oz - s * b
                t0, t1 = _quadratic(1.0, ox * dx + oy * dy + ez * dz, ox * ox + oy * oy + ez * ez - a * a)
                if near < t0 < best:
                    best, nx, ny, nz = t0, (ox + t0 * dx) / a, (oy + t0 * dy) / a, (ez + t0 * dz) / a
        return best, nx, ny, nz
    if kind == CONE:
        # x^2 + y^2 = k^2 (b - z)^2
        k = a / (2 * b)
        w = b - oz
        best, nx, ny, nz = FAR, 0.0, 0.0, 0.0
        t0, t1 = _quadratic(dx * dx + dy * dy - k * k * dz * dz, ox * dx + oy * dy + k * k * w * dz, ox * ox + oy * oy - k * k * w * w)
        for t in (t0, t1):
            z = oz + t * dz
            if near < t < best and -b <= z <= b:
                x, y = ox + t * dx, oy + t * dy
                length = math.sqrt(x * x + y * y) * math.sqrt(1 + k * k) + 1e-12
                best, nx, ny, nz = t, x / length, y / length, k / math.sqrt(1 + k * k)
        if abs(dz) > 1e-12:
            t = (-b - oz) / dz
            x, y = ox + t * dx, oy + t * dy
            if near < t < best and x * x + y * y <= a * a:
                best, nx, ny, nz = t, 0.0, 0.0, -1.0
        return best, nx, ny, nz
    # Rings and cups: from where the ray enters the ball around them to where it leaves.
    t0, t1 = _quadratic(1.0, ox * dx + oy * dy + oz * dz, ox * ox + oy * oy + oz * oz - reach * reach)
    if t1 <= near or t1 >= FAR:
        return FAR, 0.0, 0.0, 0.0
    t = _walk(kind, ox, oy, oz, dx, dy, dz, max(t0, 1e-3), t1, a, b, c, d)
    if t >= FAR:
        return FAR, 0.0, 0.0, 0.0
    x, y, z, e = ox + t * dx, oy + t * dy, oz + t * dz, 1e-4
    nx = _distance(kind, x + e, y, z, a, b, c, d) - _distance(kind, x - e, y, z, a, b, c, d)
    ny = _distance(kind, x, y + e, z, a, b, c, d) - _distance(kind, x, y - e, z, a, b, c, d)
    nz = _distance(kind, x, y, z + e, a, b, c, d) - _distance(kind, x, y, z - e, a, b, c, d)
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
    return t, nx / length, ny / length, nz / length


@_fast
def _nearest(ox, oy, oz, dx, dy, dz, limit, any_hit, kinds, turns, places, sizes, reaches):
    """Thing hit first before limit, its distance and normal in the thing's frame; -1 where none."""
    best, found, nx, ny, nz = limit, -1, 0.0, 0.0, 0.0
    for i in range(kinds.shape[0]):
        px, py, pz = ox - places[i, 0], oy - places[i, 1], oz - places[i, 2]
        # The ball around the thing is missed by most rays.
        along = px * dx + py * dy + pz * dz
        square = px * px + py * py + pz * pz
        if square - along * along > reaches[i] * reaches[i] or -along + reaches[i] < 0 or -along - reaches[i] > best:
            continue
        m = turns[i]
        lox = m[0, 0] * px + m[0, 1] * py + m[0, 2] * pz
        loy = m[1, 0] * px + m[1, 1] * py + m[1, 2] * pz
        loz = m[2, 0] * px + m[2, 1] * py + m[2, 2] * pz
        ldx = m[0, 0] * dx + m[0, 1] * dy + m[0, 2] * dz
        ldy = m[1, 0] * dx + m[1, 1] * dy + m[1, 2] * dz
        ldz = m[2, 0] * dx + m[2, 1] * dy + m[2, 2] * dz
        t, x, y, z = _hit(
            kinds[i], lox, loy, loz, ldx, ldy, ldz, sizes[i, 0], sizes[i, 1], sizes[i, 2], sizes[i, 3], reaches[i]
        )
        if t < best:
            best, found, nx, ny, nz = t, i, x, y, z
            if any_hit:
                break
    return found, best, nx, ny, nz


@_fast
def _room_hit(ox, oy, oz, dx, dy, dz, room):
    """Where a ray from inside meets the room's walls, floor or ceiling: distance, axis, side."""
    best, axis, side = FAR, 0, 1.0
    for k in range(3):
        o = ox if k == 0 else (oy if k == 1 else oz)
        v = dx if k == 0 else (dy if k == 1 else dz)
        if v > 1e-12 and (room[k, 1] - o) / v < best:
            best, axis, side = (room[k, 1] - o) / v, k, -1.0
        if v < -1e-12 and (room[k, 0] - o) / v < best:
            best, axis, side = (room[k, 0] - o) / v, k, 1.0
    return best, axis, side


@_fast
def _shade(r, g, b, nx, ny, nz, dx, dy, dz, lx, ly, lz, lit, gloss, light, ambient):
    facing = max(0.0, nx * lx + ny * ly + nz * lz) * lit
    hx, hy, hz = lx - dx, ly - dy, lz - dz
    length = math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
    shine = max(0.0, (nx * hx + ny * hy + nz * hz) / length)
    highlight = gloss * shine**40 * lit
    sky = 0.75 + 0.25 * nz
    return (
        r * (ambient[0] * sky + light[0] * facing) + highlight * light[0],
        g * (ambient[1] * sky + light[1] * facing) + highlight * light[1],
        b * (ambient[2] * sky + light[2] * facing) + highlight * light[2],
    )


@_fast
def _trace(
    ox, oy, oz, dx, dy, dz, jitter, kinds, turns, places, sizes, reaches, surfaces, scales, colours, glosses,
    room, room_surfaces, room_scales, room_colours, posters, poster_pictures, light_place, light_size, light, ambient,
    shadow_rays,
):
    """Colour (linear, not limited), thing and distance of one ray."""
    found, t, nx, ny, nz = _nearest(ox, oy, oz, dx, dy, dz, FAR, False, kinds, turns, places, sizes, reaches)
    wall, axis, side = _room_hit(ox, oy, oz, dx, dy, dz, room)
    gloss = 0.0
    if found >= 0 and t < wall:
        m = turns[found]
        x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
        px, py, pz = x - places[found, 0], y - places[found, 1], z - places[found, 2]
        lx = m[0, 0] * px + m[0, 1] * py + m[0, 2] * pz
        ly = m[1, 0] * px + m[1, 1] * py + m[1, 2] * pz
        lz = m[2, 0] * px + m[2, 1] * py + m[2, 2] * pz
        if surfaces[found] == BOUND:
            # Cover above, below and at the spine (-x); the pages' edges show thin lines.
            pages = abs(nz) < 0.5 and nx > -0.5 and abs(lz) < 0.86 * sizes[found, 2]
            mix = 1.0 if pages else 0.0
            shade = 1.0 - 0.12 * (int(math.floor(lz / 0.0016)) & 1) if pages else 1.0
        else:
            mix = _mix_of(surfaces[found], lx, ly, lz, nx, ny, nz, scales[found])
            shade = 1.0
        r = shade * (colours[found, 0, 0] * (1 - mix) + colours[found, 1, 0] * mix)
        g = shade * (colours[found, 0, 1] * (1 - mix) + colours[found, 1, 1] * mix)
        b = shade * (colours[found, 0, 2] * (1 - mix) + colours[found, 1, 2] * mix)
        gloss = glosses[found]
        wx = m[0, 0] * nx + m[1, 0] * ny + m[2, 0] * nz
        wy = m[0, 1] * nx + m[1, 1] * ny + m[2, 1] * nz
        wz = m[0, 2] * nx + m[1, 2] * ny + m[2, 2] * nz
    else:
        found, t = ROOM, wall
        x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
        wx, wy, wz = 0.0, 0.0, 0.0
        if axis == 0:
            wx = side
        elif axis == 1:
            wy = side
        else:
            wz = side
        part = 2 if axis == 2 and side < 0 else (1 if axis == 2 else 0)
        mix = _mix_of(room_surfaces[part], x, y, z, wx, wy, wz, room_scales[part])
        r = room_colours[part, 0, 0] * (1 - mix) + room_colours[part, 1, 0] * mix
        g = room_colours[part, 0, 1] * (1 - mix) + room_colours[part, 1, 1] * mix
        b = room_colours[part, 0, 2] * (1 - mix) + room_colours[part, 1, 2] * mix
        if axis != 2:
            wall_number = axis * 2 + (1 if side < 0 else 0)
            u = y if axis == 0 else x
            for p in range(posters.shape[0]):
                if posters[p, 0] == wall_number:
                    pu, pv = (u - posters[p, 1]) / posters[p, 3], (z - posters[p, 2]) / posters[p, 4]
                    if 0 <= pu < 1 and 0 <= pv < 1:
                        picture = poster_pictures[p]
                        row = min(picture.shape[0] - 1, int((1 - pv) * picture.shape[0]))
                        column = min(picture.shape[1] - 1, int(pu * picture.shape[1]))
                        r, g, b = picture[row, column, 0], picture[row, column, 1], picture[row, column, 2]
                        found = POSTER
    # A light of some size: every ray to it ends at another point, which makes soft shadows.
    rays = 1 if light_size == 0 else shadow_rays
    lit, lx, ly, lz, away = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(rays):
        lx = light_place[0] + light_size * (_hash(jitter, 11, k) - 0.5) - x
        ly = light_place[1] + light_size * (_hash(jitter, 17, k) - 0.5) - y
        lz = light_place[2] + light_size * (_hash(jitter, 23, k) - 0.5) - z
        away = math.sqrt(lx * lx + ly * ly + lz * lz)
        lx, ly, lz = lx / away, ly / away, lz / away
        if wx * lx + wy * ly + wz * lz > 0:
            e = 2e-4
            blocker, _, _, _, _ = _nearest(
                x + e * wx, y + e * wy, z + e * wz, lx, ly, lz, away, True, kinds, turns, places, sizes, reaches
            )
            if blocker < 0:
                lit += 1 / rays
    fall = 1 / (0.4 + 0.12 * away * away)
    r, g, b = _shade(r, g, b, wx, wy, wz, dx, dy, dz, lx, ly, lz, lit * fall, gloss, light, ambient)
    return r, g, b, found, t


@_fast
def cast(
    width, height, eye, frame, tangent, kinds, turns, places, sizes, reaches, surfaces, scales, colours, glosses,
    room, room_surfaces, room_scales, room_colours, posters, poster_pictures, light_place, light_size, light, ambient,
    shadow_rays, colour, thing, depth,
):
    """Fills colour float32 [height, width, 3] (linear light), thing int32 and depth float32 [height, width].

    `thing` is the number of the thing in a pixel's centre, ROOM or POSTER; `depth` is measured along the camera's
    axis. Pixels beside another thing are averaged over four more rays.

    frame: rows are the camera's right, up and forward; tangent: of half the horizontal angle of view.
    """
    step = 2 * tangent / width
    for pass_number in range(2):
        for v in range(height):
            for u in range(width):
                if pass_number == 1:
                    edge = False
                    here = thing[v, u]
                    for k in range(4):
                        vv, uu = v + (k == 0) - (k == 1), u + (k == 2) - (k == 3)
                        if 0 <= vv < height and 0 <= uu < width and thing[vv, uu] != here:
                            edge = True
                    if not edge:
                        continue
                    # Bright spots count as white, or an edge would keep its steps.
                    for c in range(3):
                        colour[v, u, c] = min(colour[v, u, c], 1.0)
                samples = 1 if pass_number == 0 else 5
                for s in range(0 if pass_number == 0 else 1, samples):
                    du = 0.0 if s == 0 else (-0.25 if s & 1 else 0.25)
                    dv = 0.0 if s == 0 else (-0.25 if s & 2 else 0.25)
                    sx = (u + 0.5 + du - width / 2) * step
                    sy = -(v + 0.5 + dv - height / 2) * step
                    dx = frame[2, 0] + sx * frame[0, 0] + sy * frame[1, 0]
                    dy = frame[2, 1] + sx * frame[0, 1] + sy * frame[1, 1]
                    dz = frame[2, 2] + sx * frame[0, 2] + sy * frame[1, 2]
                    length = math.sqrt(dx * dx + dy * dy + dz * dz)
                    dx, dy, dz = dx / length, dy / length, dz / length
                    r, g, b, found, t = _trace(
                        eye[0], eye[1], eye[2], dx, dy, dz, (v * width + u) * 8 + s,
                        kinds, turns, places, sizes, reaches, surfaces, scales, colours, glosses,
                        room, room_surfaces, room_scales, room_colours, posters, poster_pictures,
                        light_place, light_size, light, ambient, shadow_rays,
                    )
                    if s == 0:
                        colour[v, u, 0], colour[v, u, 1], colour[v, u, 2] = r, g, b
                        thing[v, u] = found
                        depth[v, u] = t / length
                    else:
                        colour[v, u, 0] += min(r, 1.0)
                        colour[v, u, 1] += min(g, 1.0)
                        colour[v, u, 2] += min(b, 1.0)
                if pass_number == 1:
                    for c in range(3):
                        colour[v, u, c] /= 5


def reach(kind: int, size: np.ndarray) -> float:
    """Radius of a ball around a thing's origin that holds all of it."""
    a, b, c, _ = size
    return {
        BALL: a,
        BOX: math.sqrt(a * a + b * b + c * c),
        CYLINDER: math.hypot(a, b),
        CONE: math.hypot(a, b),
        RING: a + b,
        CUP: max(math.hypot(max(a, b), c), (a + b) / 2 + 0.1 * c + 0.75 * c),
        CAPSULE: a + b,
    }[kind] + 1e-4
