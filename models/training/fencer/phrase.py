"""What two fencers do in a phrase: steps, lunges and blades by the clock, and who has the right of way.

A phrase is written as it is told, see PHRASES: for the one whose hit will count and for the other a list of actions, each
with what it takes in seconds and metres. A fencer's own way is counted along `forward`, so both are written alike.
Feet move along minimum-jerk curves and stand still between; hips follow the feet, arms and blades their own keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from .body import UP, Fencer, Joints, Posture, joints

# Between the ankles on guard; from the middle of the piste to a front ankle at the beginning.
STANCE, START = 0.56, 2.08
BLADE = 0.86
# How far the front ankles are apart when the hits are there.
STRIKING = 1.12
# Seconds after the first hit in which a second one still counts; sabre's box locks out after 0.170.
LOCKED_OUT = 0.15


def smooth(t: np.ndarray) -> np.ndarray:
    """From 0 to 1 with the least jerk."""
    t = np.clip(t, 0, 1)
    return t**3 * (10 - 15 * t + 6 * t * t)


@dataclass(frozen=True)
class Step:
    """A foot from one place to another, metres along the fencer's way, in a time, seconds."""

    begin: float
    end: float
    start: float
    goal: float
    lift: float


@dataclass
class Feet:
    """Writes down steps from the guard on, one action after the other."""

    now: float = 0.0
    front: float = 0.0
    back: float = -STANCE
    front_steps: list[Step] = field(default_factory=list)
    back_steps: list[Step] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def _front(self, begin: float, end: float, length: float, lift: float) -> None:
        self.front_steps.append(Step(begin, end, self.front, self.front + length, lift))
        self.front += length

    def _back(self, begin: float, end: float, length: float, lift: float) -> None:
        self.back_steps.append(Step(begin, end, self.back, self.back + length, lift))
        self.back += length

    def advance(self, seconds: float, length: float) -> None:
        self._front(self.now, self.now + 0.68 * seconds, length, 0.05)
        self._back(self.now + 0.34 * seconds, self.now + seconds, self.front - STANCE - self.back, 0.035)
        self.now += seconds

    def retreat(self, seconds: float, length: float) -> None:
        self._back(self.now, self.now + 0.62 * seconds, -length, 0.045)
        self._front(self.now + 0.36 * seconds, self.now + seconds, self.back + STANCE - self.front, 0.03)
        self.now += seconds

    def lunge(self, seconds: float, length: float) -> None:
        self._front(self.now, self.now + seconds, length, 0.11)
        self.now += seconds

    def recover(self, seconds: float) -> None:
        """Back on guard by the front foot."""
        self._front(self.now, self.now + seconds, self.back + STANCE - self.front, 0.04)
        self.now += seconds


@dataclass(frozen=True)
class Key:
    """From a moment on the arm goes, in `seconds`, to a place it then keeps; `what` is one of ARM."""

    begin: float
    seconds: float
    what: str


# Where the wrist is from the shoulder: forward, up, to the armed side, in arm's lengths, and where the blade looks. A
# stretched arm looks for its target instead.
ARM = {
    "guard": ((0.62, -0.34, 0.12), (0.72, 0.68, -0.12)),
    "low": ((0.58, -0.42, 0.1), (0.95, 0.25, -0.1)),
    "quarte": ((0.55, -0.28, -0.22), (0.6, 0.75, 0.3)),
    "tierce": ((0.55, -0.3, 0.34), (0.6, 0.78, -0.25)),
    "quinte": ((0.55, 0.2, 0.1), (0.35, 0.35, -0.85)),
    "stretched": ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
}


@dataclass(frozen=True)
class Moment:
    """Something that decided: who, what, when in seconds. `who` is "left" or "right"."""

    at: float
    who: str
    what: str


@dataclass(frozen=True)
class Side:
    """What one fencer does."""

    feet: Feet
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Phrase:
    """Times in seconds since the beginning."""

    name: str
    winner: str
    left: Side
    right: Side
    contacts: tuple[float, ...]
    # When each lamp went on.
    hits: tuple[tuple[str, float], ...]
    moments: tuple[Moment, ...]
    length: float


@dataclass
class _Draft:
    """A phrase while it is written: for the one who wins and the other."""

    random: np.random.Generator
    scale: float
    first: Feet = field(default_factory=Feet)
    other: Feet = field(default_factory=Feet)
    first_keys: list[Key] = field(default_factory=list)
    other_keys: list[Key] = field(default_factory=list)
    contacts: list[float] = field(default_factory=list)
    moments: list[tuple[float, bool, str]] = field(default_factory=list)
    # About when the hits are there, and how long the recording goes on.
    hit: float = 0.0
    tail: float = 0.0

    def some(self, low: float, high: float) -> float:
        return float(self.random.uniform(low, high))

    def say(self, at: float, first: bool, what: str) -> None:
        self.moments.append((at, first, what))


def _start(d: _Draft, late: float = 0.0) -> None:
    """Both stand on guard until they are told to fence; the other may be late."""
    wait = d.some(0.38, 0.6)
    d.first.wait(wait)
    d.other.wait(wait + late)
    d.say(d.first.now, True, "starts")
    d.say(d.other.now, False, "starts")


def _approach(d: _Draft, feet: Feet, steps: int, longer: float = 1.0) -> None:
    for _ in range(steps):
        feet.advance(d.some(0.4, 0.5), d.scale * longer * d.some(0.34, 0.46))


def _attack(d: _Draft, feet: Feet, keys: list[Key], lunge: float) -> tuple[float, float]:
    """A quick step and a lunge of this many metres, in one; the hand comes with the lunge. When the lunge begins and ends."""
    feet.advance(d.some(0.3, 0.34), d.some(0.5, 0.58))
    # The front foot does not wait for the back one.
    feet.now -= 0.06
    begin, seconds = feet.now, d.some(0.29, 0.35)
    feet.lunge(seconds, lunge)
    keys.append(Key(begin - 0.04, 0.28, "stretched"))
    return begin, begin + seconds


def _go_back(d: _Draft) -> None:
    """When both lamps are on, both straighten up and draw back their arms."""
    for feet, keys in ((d.first, d.first_keys), (d.other, d.other_keys)):
        feet.now = max(feet.now, d.hit) + d.some(0.1, 0.16)
        keys.append(Key(feet.now, 0.4, "guard"))
        feet.recover(d.some(0.4, 0.5)) if feet.front - feet.back > STANCE + 0.1 else feet.retreat(
            d.some(0.42, 0.5), d.some(0.25, 0.35)
        )
    d.tail = d.some(0.5, 0.7)


def _attack_and_counter(d: _Draft) -> None:
    """The one comes on and lunges; the other gives way and stretches the arm into the attack."""
    _start(d, d.some(0.0, 0.1))
    _approach(d, d.first, 3)
    d.say(d.first.now, True, "attacks")
    begin, end = _attack(d, d.first, d.first_keys, d.some(0.62, 0.72))
    _approach(d, d.other, 1, 0.7)
    d.say(d.other.now, False, "stops")
    d.other.wait(d.some(0.12, 0.22))
    d.say(d.other.now, False, "retreats")
    while d.other.now < begin - 0.3:
        d.other.retreat(d.some(0.36, 0.44), d.some(0.28, 0.36))
    counter = end - d.some(0.46, 0.54)
    d.other_keys.append(Key(counter, 0.24, "stretched"))
    d.say(counter, False, "counter-attacks")
    d.hit = end - d.some(0.04, 0.08)


def _attack_on_a_stop(d: _Draft) -> None:
    """Both start; the other stops, the one goes on and lunges, and only then the other lunges too."""
    _start(d)
    _approach(d, d.first, 3)
    d.say(d.first.now, True, "attacks")
    begin, end = _attack(d, d.first, d.first_keys, d.some(0.6, 0.7))
    _approach(d, d.other, 1, 0.9)
    d.say(d.other.now, False, "stops")
    d.other.wait(max(0.1, begin - 0.02 - d.other.now))
    d.say(d.other.now, False, "counter-attacks")
    d.other_keys.append(Key(d.other.now - 0.2, 0.24, "stretched"))
    d.other.lunge(0.34, d.some(0.26, 0.34))
    d.hit = end - d.some(0.04, 0.08)


def _late_start(d: _Draft) -> None:
    """The one starts at once, the other late; both lunge."""
    _start(d, d.some(0.5, 0.6))
    _approach(d, d.first, 3)
    d.say(d.first.now, True, "attacks")
    begin, end = _attack(d, d.first, d.first_keys, d.some(0.62, 0.7))
    _approach(d, d.other, 1, 0.9)
    d.other.wait(max(0.0, begin - 0.04 - d.other.now))
    d.other_keys.append(Key(d.other.now - 0.12, 0.28, "stretched"))
    d.say(d.other.now, False, "attacks later")
    d.other.lunge(0.36, d.some(0.4, 0.5))
    d.hit = end - d.some(0.02, 0.06)


def _parry_and_riposte(d: _Draft) -> None:
    """The other attacks and is parried; the one ripostes, and the other hits again from the lunge."""
    _start(d)
    _approach(d, d.other, 3)
    begin, end = _attack(d, d.other, d.other_keys, d.some(0.56, 0.64))
    d.say(begin - 0.3, False, "attacks")
    _approach(d, d.first, 1, 0.9)
    d.first.wait(d.some(0.12, 0.2))
    # Giving way, or with a step into the attack.
    if d.some(0, 1) < 0.5:
        while d.first.now < begin - 0.3:
            d.first.retreat(d.some(0.36, 0.44), d.some(0.26, 0.34))
    else:
        d.first.now = max(d.first.now, begin - 0.36)
        d.first.advance(0.36, d.some(0.26, 0.34))
    parry = end - d.some(0.17, 0.2)
    d.contacts.append(parry)
    how = ("quarte", "tierce", "quinte")[int(d.random.integers(3))]
    d.first_keys += [Key(parry - 0.2, 0.2, how), Key(parry + 0.06, 0.24, "stretched")]
    d.other_keys += [Key(parry - 0.02, 0.1, "low"), Key(parry + 0.2, 0.22, "stretched")]
    d.first.now = max(d.first.now, parry - 0.04)
    d.first.lunge(0.3, d.some(0.22, 0.3))
    d.say(parry, True, "parries")
    d.say(parry + 0.06, True, "ripostes")
    d.say(parry + 0.2, False, "hits again")
    d.hit = parry + d.some(0.22, 0.26)


def _short_attack(d: _Draft) -> None:
    """The other's attack falls short because the one gives way; then the one takes over and lunges."""
    _start(d)
    _approach(d, d.other, 2, 0.95)
    begin, end = _attack(d, d.other, d.other_keys, d.some(0.46, 0.54))
    d.say(begin - 0.3, False, "attacks")
    _approach(d, d.first, 1, 0.5)
    d.first.wait(0.1)
    while d.first.now < begin + 0.2:
        d.first.retreat(d.some(0.36, 0.42), d.some(0.34, 0.42))
    d.say(end, False, "falls short")
    d.other_keys.append(Key(end + 0.12, 0.3, "guard"))
    d.other.wait(0.16)
    d.other.recover(d.some(0.3, 0.38))
    d.first.now = max(d.first.now, end + 0.04)
    d.say(d.first.now, True, "takes over")
    _approach(d, d.first, 2)
    d.say(d.first.now, True, "attacks")
    begin, end = _attack(d, d.first, d.first_keys, d.some(0.62, 0.72))
    counter = end - d.some(0.46, 0.54)
    d.other_keys.append(Key(counter, 0.24, "stretched"))
    d.say(counter, False, "counter-attacks")
    d.hit = end - d.some(0.04, 0.08)


def _beat_attack(d: _Draft) -> None:
    """The one beats the blade of the other, who has stopped, and lunges."""
    _start(d)
    _approach(d, d.first, 3)
    begin, end = _attack(d, d.first, d.first_keys, d.some(0.6, 0.68))
    beat = begin - d.some(0.05, 0.1)
    d.contacts.append(beat)
    d.first_keys.insert(0, Key(beat - 0.14, 0.14, "quarte"))
    d.say(beat, True, "beats")
    d.say(beat + 0.03, True, "attacks")
    _approach(d, d.other, 1, 0.9)
    d.say(d.other.now, False, "stops")
    late = end - d.some(0.36, 0.4)
    d.other_keys += [Key(beat - 0.3, 0.2, "low"), Key(late, 0.24, "stretched")]
    d.say(late, False, "counter-attacks")
    d.hit = end - d.some(0.04, 0.08)


def _line(d: _Draft) -> None:
    """The one stands with the point in line before the attack begins; the other runs on to it without touching the blade."""
    _start(d)
    _approach(d, d.first, 1, 0.6)
    d.first_keys.append(Key(d.first.now - 0.25, 0.3, "stretched"))
    d.say(d.first.now, True, "has the point in line")
    _approach(d, d.other, 1, 0.9)
    d.other.wait(d.some(0.25, 0.4))
    d.say(d.other.now, False, "attacks")
    _approach(d, d.other, 2)
    _, end = _attack(d, d.other, d.other_keys, d.some(0.55, 0.65))
    d.hit = end - d.some(0.04, 0.08)


PHRASES = {
    "attack-and-counter": _attack_and_counter,
    "attack-on-a-stop": _attack_on_a_stop,
    "late-start": _late_start,
    "parry-and-riposte": _parry_and_riposte,
    "short-attack": _short_attack,
    "beat-attack": _beat_attack,
    "line": _line,
}


def phrase(name: str, winner: str, seed: int, left: Fencer, right: Fencer) -> Phrase:
    """A telling of one of PHRASES, of which `winner`, "left" or "right", has the right of way. The same for the same seed.

    The steps towards the opponent are so long that the two are at striking distance when the hits are there, and the later
    point so early that its lamp is not locked out.
    """
    scale, draft = 1.0, None
    for _ in range(30):
        draft = _Draft(np.random.default_rng([seed, list(PHRASES).index(name)]), scale)
        PHRASES[name](draft)
        _go_back(draft)
        apart = 2 * START - _way(draft.first, draft.hit) - _way(draft.other, draft.hit)
        if abs(apart - STRIKING) < 0.004:
            break
        scale = float(np.clip(scale + 0.3 * (apart - STRIKING), 0.3, 2.2))
    assert draft is not None
    loser = "right" if winner == "left" else "left"
    who = {True: winner, False: loser}
    moments = tuple(sorted((Moment(at, who[first], what) for at, first, what in draft.moments), key=lambda m: m.at))
    keys = {winner: draft.first_keys, loser: draft.other_keys}
    feet = {winner: draft.first, loser: draft.other}
    for _ in range(20):
        sides = {side: Side(feet[side], tuple(keys[side])) for side in feet}
        told = Phrase(name, winner, sides["left"], sides["right"], tuple(draft.contacts), (), moments, draft.hit + draft.tail)
        hits = _lamps(told, left, right, draft.hit)
        early = hits[1][1] - hits[0][1] - LOCKED_OUT
        if early <= 0:
            break
        # The last key but one: the last draws the arm back.
        last = keys[hits[1][0]]
        last[-2] = replace(last[-2], begin=last[-2].begin - max(early, 0.01))
    return replace(told, hits=hits)


def _lamps(told: Phrase, left: Fencer, right: Fencer, about: float) -> tuple[tuple[str, float], ...]:
    """When each point first is on the opponent, not long before a time and after the last contact of the blades."""
    at = np.arange(max([about - 0.5, *(c + 0.04 for c in told.contacts)]), told.length, 0.005)
    found = []
    for side, own in zip(("left", "right"), performed(told, left, right, at), strict=True):
        touching = np.nonzero(own.touching)[0]
        assert len(touching), (told.name, told.winner, side)
        found.append((side, float(at[touching[0]])))
    return tuple(sorted(found, key=lambda hit: hit[1]))


def _way(feet: Feet, at: float) -> float:
    return float(along(feet.front_steps, 0.0, np.array([at]))[0][0])


def along(steps: list[Step], start: float, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a foot is and how high it is lifted at times, [T] each."""
    place, lift = np.full(len(at), start), np.zeros(len(at))
    for step in steps:
        t = (at - step.begin) / (step.end - step.begin)
        place = np.where(t > 0, step.start + (step.goal - step.start) * smooth(t), place)
        lift += step.lift * np.where((t > 0) & (t < 1), np.sin(np.pi * np.clip(t, 0, 1)) ** 2, 0)
    return place, lift


def _arm(keys: tuple[Key, ...], at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the wrist from the shoulder, the blade's direction, and how far the arm is stretched: [T, 3], [T, 3], [T]."""
    hand = np.tile(np.array(ARM["guard"][0]), (len(at), 1))
    blade = np.tile(np.array(ARM["guard"][1]), (len(at), 1))
    stretched = np.zeros(len(at))
    for key in sorted(keys, key=lambda k: k.begin):
        share = smooth((at - key.begin) / key.seconds)
        full = key.what == "stretched"
        stretched += (float(full) - stretched) * share
        if not full:
            hand += (np.array(ARM[key.what][0]) - hand) * share[:, None]
            blade += (np.array(ARM[key.what][1]) - blade) * share[:, None]
    return hand, blade, stretched


@dataclass(frozen=True)
class Performed:
    """A fencer in every frame; the blade from its guard to its point, [T, 2, 3], and whether it is on the opponent, [T]."""

    posture: Posture
    joints: Joints
    blade: np.ndarray
    touching: np.ndarray


def performed(phrase_: Phrase, left: Fencer, right: Fencer, at: np.ndarray) -> tuple[Performed, Performed]:
    """Both fencers at times, [T] seconds."""
    fencers, sides = (left, right), (phrase_.left, phrase_.right)
    bare = [_body(f, s, at) for f, s in zip(fencers, sides, strict=True)]
    found = []
    for own, fencer in enumerate(fencers):
        posture, target = bare[own], joints(fencers[1 - own], bare[1 - own])
        found.append(_armed(fencer, posture, sides[own].keys, target, fencers[1 - own], at))
    return found[0], found[1]


def _carried(feet: Feet, at: np.ndarray) -> np.ndarray:
    """Where the middle between the feet would be if they did not stop between steps: a body has its weight."""
    around = np.linspace(-0.27, 0.27, 37)
    weights = np.exp(-0.5 * (around / 0.1) ** 2)
    moments = (at[:, None] + around).ravel()
    middle = (along(feet.front_steps, 0.0, moments)[0] + along(feet.back_steps, -STANCE, moments)[0]) / 2
    return middle.reshape(len(at), -1) @ (weights / weights.sum())


def _body(fencer: Fencer, side: Side, at: np.ndarray) -> Posture:
    """Everything but the armed hand, which rests."""
    build, forward, weapon = fencer.build, fencer.forward, fencer.weapon
    front, front_lift = along(side.feet.front_steps, 0.0, at)
    back, back_lift = along(side.feet.back_steps, -STANCE, at)
    stretched = _arm(side.keys, at)[2]
    wide = np.clip((front - back - STANCE) / 0.65, -0.5, 1.2)
    lunging = np.clip(wide, 0, 1)
    # A little alive: nobody stands still like a post.
    sway = 0.006 * np.sin(2 * np.pi * 0.9 * at + fencer.side) + 0.004 * np.sin(2 * np.pi * 1.7 * at)
    middle = _carried(side.feet, at) + 0.11 * lunging * (front - back) + 0.03 * stretched + sway
    turned = 0.92 + 0.25 * stretched + 0.1 * lunging
    leg = 0.99 * (build.thigh + build.shin)

    def place(x: np.ndarray, y: np.ndarray, z: float) -> np.ndarray:
        return (x - START)[:, None] * forward + y[:, None] * UP + z * weapon

    # As high as both legs allow, and not higher than the bent knees of a guard.
    c, s = np.cos(0.75 * turned) * build.hips, np.sin(0.75 * turned) * build.hips
    back_ankle = build.ankle + back_lift
    front_ankle = build.ankle + front_lift
    tops = [np.full(len(at), 0.885 * (build.thigh + build.shin) + build.ankle) + 0.4 * sway]
    for ankle, height, x, z in ((front, front_ankle, middle + s, c), (back, back_ankle, middle - s, -c)):
        tops.append(height + np.sqrt(np.maximum(0.05, leg**2 - (x - ankle) ** 2 - z**2)))
    # A soft minimum.
    height = -np.log(sum(np.exp(-60 * top) for top in tops)) / 60 - 0.035 * lunging
    hips = place(middle, height, 0.0)
    lean = 0.10 + 0.16 * lunging + 0.06 * stretched
    other = hips - (0.2 + 0.16 * lunging)[:, None] * forward + (0.14 - 0.02 * lunging)[:, None] * UP - 0.16 * weapon
    rest = hips + 0.5 * forward + 0.4 * UP
    nothing = np.zeros(len(at))
    return Posture(
        hips=hips,
        front_ankle=place(front, front_ankle, 0.0),
        back_ankle=place(back, back_ankle, 0.0),
        front_turned=nothing - 0.1,
        front_toes=np.clip(front_lift * 6, 0, 0.5),
        lean=lean,
        turned=turned,
        hand=rest,
        blade=np.tile(forward, (len(at), 1)),
        other_hand=other,
        nod=nothing + 0.05 + 0.1 * lunging,
        head_turned=nothing + 0.15,
    )


def _armed(
    fencer: Fencer, posture: Posture, keys: tuple[Key, ...], target: Joints, opponent: Fencer, at: np.ndarray
) -> Performed:
    build, forward, weapon = fencer.build, fencer.forward, fencer.weapon
    own = joints(fencer, posture)
    shoulder = own["shoulder"]
    reach = build.upper_arm + build.forearm
    hand, blade, stretched = _arm(keys, at)
    axes = np.stack([forward, UP, weapon])
    resting = shoulder + (hand * reach) @ axes
    # The surface of the chest where it is nearest.
    spot = target["chest"] - 0.14 * target["spine"] - 0.12 * forward + 0.08 * target["across"]
    line = spot - shoulder
    distance = np.linalg.norm(line, axis=1, keepdims=True)
    line = line / distance
    full = shoulder + line * np.clip(distance - 0.12 - 0.94 * BLADE, 0.9 * reach, 0.985 * reach)
    bow = (np.sin(np.pi * stretched) * 0.04)[:, None] * UP
    s = stretched[:, None]
    wrist = resting * (1 - s) + full * s - bow
    aim = blade @ axes
    look = aim / np.linalg.norm(aim, axis=1, keepdims=True) * (1 - s) + line * s
    whole = replace(posture, hand=wrist, blade=look)
    moved = joints(fencer, whole)
    guard = moved["wrist"] + 0.12 * _unit(moved["wrist"] - moved["elbow"])
    point = guard + moved["blade"] * BLADE
    # A point that would be inside the opponent stays on the surface; the blade bends for it.
    past = ((point - spot) @ forward > 0) & (np.linalg.norm(point - spot, axis=1) < 0.6) & (stretched > 0.6)
    point = np.where(past[:, None], spot, point)
    return Performed(whole, moved, np.stack([guard, point], 1), past)


def _unit(v: np.ndarray) -> np.ndarray:
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def bow(ends: np.ndarray) -> float:
    """How far the middle of a blade is from the straight line between its ends, [2, 3], metres: its length is kept.

    A flat arc over a chord c has the length c + 8 b² / 3c.
    """
    chord = float(np.linalg.norm(ends[1] - ends[0]))
    return (3 / 8 * chord * max(0.0, BLADE - chord)) ** 0.5
