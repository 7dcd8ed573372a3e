"""EPANET networks (.inp): nodes and links as the file states them, and their pipes and sources as layers of a plan.

Four sheets: `pipes` and `sources` (water), and `epanet_nodes` and `epanet_links`, from which NW504 judges the pressure:
elevations, lengths, roughness, pumps, valves and the demands of the first hour stand there in metres, m³/d and watts.
What the file holds and is not modelled is told in the notes and in the column `unmodelled` of the links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from ...errors import NotALayerError
from ..encoding import decide, decode
from ..notes import note
from ..schema.sheet import Sheet, frame_of

STATED = ("epanet_nodes", "epanet_links")
"""Layers that hold a network as its file states it."""
Rows = Mapping[str, list[list[str]]]
FOOT, INCH, HORSEPOWER = 0.3048, 0.0254, 745.7
PSI = FOOT / 0.4333
"""m of water in a pound per square inch, as EPANET takes it."""
DAY = 86_400.0
FLOWS = {
    "CFS": FOOT**3, "GPM": 0.003785411784 / 60, "MGD": 3785.411784 / DAY, "IMGD": 4546.09 / DAY,
    "AFD": 1233.48184 / DAY, "LPS": 1e-3, "LPM": 1e-3 / 60, "MLD": 1e3 / DAY, "CMH": 1 / 3600, "CMD": 1 / DAY,
    "CMS": 1.0,
}  # fmt: skip
"""m³/s in one unit of flow."""
METRIC = ("LPS", "LPM", "MLD", "CMH", "CMD", "CMS")
MINOR = 8 / (np.pi**2 * 9.80665)
"""m = MINOR K / d⁴ in loss = m q²."""
_SECTION = re.compile(r"^\s*\[([A-Z]+)", re.IGNORECASE)


@dataclass(frozen=True)
class _Units:
    """Metres in a length, metres in a diameter, m³/s in a flow, metres in a pressure, watts in a power."""

    length: float
    bore: float
    flow: float
    pressure: float
    power: float


def read(path: Path, *, encoding: str | None = None) -> list[Sheet]:
    """Return the four sheets of an EPANET file; NotALayerError where it has no junctions or coordinates."""
    raw = path.read_bytes()
    choice = decide(raw.splitlines(), None)
    rows = _rows(decode(raw, encoding or ("utf-8" if choice.codec == "ascii" else choice.codec))[0])
    return sheets_of(rows, path.name)


def sheets_of(rows: Rows, name: str) -> list[Sheet]:
    """Return the sheets of the sections of a file."""
    if not rows.get("JUNCTIONS") or not (rows.get("PIPES") or rows.get("PUMPS")):
        msg = f"{name} is no EPANET network: it has no [JUNCTIONS] or no [PIPES]. Export it from EPANET as .inp."
        raise NotALayerError(msg)
    units, levels = _units(rows), _fixed(rows)
    place = {r[0]: (float(r[1]), float(r[2])) for r in rows.get("COORDINATES", []) if len(r) > 2}
    lost = [r[0] for s in ("JUNCTIONS", "RESERVOIRS", "TANKS") for r in rows.get(s, []) if r[0] not in place]
    if lost:
        msg = f"{name}: nodes {', '.join(lost[:5])} have no place under [COORDINATES]. Draw them in EPANET first."
        raise NotALayerError(msg)
    nodes = _nodes(rows, units, levels)
    links = _links(rows, units)
    points = np.array([shapely.Point(place[i]) for i in nodes["id"]], dtype=object)
    bends = _bends(rows)
    lines = np.array([_line((i, a, b), bends.get(i, []), place) for i, a, b in _ends(links)], dtype=object)
    notes = _notes(rows, links)
    one, two = frame_of(nodes, points), frame_of(links, lines)
    pipe = np.array([k == "pipe" for k in links["kind"]])
    source = np.array([k != "junction" for k in nodes["kind"]])
    pipes = {"id": _of(links["id"], pipe), "kind": ["water"] * int(pipe.sum())}
    pipes |= {"diameter_mm": _of(links["diameter_mm"], pipe)}
    water = {"id": _of(nodes["id"], source), "kind": ["water"] * int(source.sum())}
    return [
        Sheet("pipes", frame_of(pipes, lines[pipe]), notes=notes),
        Sheet("sources", frame_of(water, points[source])),
        Sheet("epanet_nodes", one),
        Sheet("epanet_links", two),
    ]


def _of(values: list[Any], keep: np.ndarray[Any, Any]) -> list[Any]:
    return [v for v, k in zip(values, keep.tolist(), strict=True) if k]


def _rows(text: str) -> Rows:
    """The words of every line by section; what stands behind a semicolon is talk."""
    out: dict[str, list[list[str]]] = {}
    here: list[list[str]] = []
    for line in text.splitlines():
        found = _SECTION.match(line)
        if found:
            here = out.setdefault(_full(found[1].upper()), [])
        elif words := line.partition(";")[0].split():
            here.append(words)
    return out


def _full(section: str) -> str:
    """The name of a section, which EPANET tells by its first letters."""
    known = (
        "JUNCTIONS RESERVOIRS TANKS PIPES PUMPS VALVES DEMANDS PATTERNS CURVES CONTROLS RULES STATUS EMITTERS OPTIONS"
    )
    names = [*known.split(), "EMITTERS", "OPTIONS", "TIMES", "COORDINATES", "VERTICES"]
    return next((k for k in names if k.startswith(section[:5]) and len(section) > 3), section)


def _options(rows: Rows) -> dict[str, str]:
    """The options by name, of one word or two."""
    out = {}
    for words in rows.get("OPTIONS", []):
        out[" ".join(words[:-1]).upper()] = words[-1]
    return out


def _units(rows: Rows) -> _Units:
    flow = _options(rows).get("UNITS", "GPM").upper()
    if flow in METRIC:
        return _Units(1.0, 1e-3, FLOWS[flow], 1.0, 1e3)
    return _Units(FOOT, INCH, FLOWS.get(flow, FLOWS["GPM"]), PSI, HORSEPOWER)


def _factor(rows: Rows, pattern: str) -> float:
    """The factor of a pattern at the start; 1 where there is none."""
    values = [float(v) for r in rows.get("PATTERNS", []) if r[0] == pattern for v in r[1:]]
    if not values:
        return 1.0
    times = {" ".join(r[:2]).upper(): r[2:] for r in rows.get("TIMES", []) if len(r) > 2}
    begin, step = (_hours(times.get(f"PATTERN {k}", []), d) for k, d in (("START", 0.0), ("TIMESTEP", 1.0)))
    return values[int(begin // max(step, 1e-9)) % len(values)]


def _hours(words: list[str], usual: float) -> float:
    if not words:
        return usual
    parts = [float(p) for p in words[0].split(":")]
    hours = sum(p / 60**k for k, p in enumerate(parts))
    unit = words[1].upper()[:3] if len(words) > 1 else "HOU"
    return float(hours * {"SEC": 1 / 3600, "MIN": 1 / 60, "DAY": 24.0}.get(unit, 1.0))


def _fixed(rows: Rows) -> dict[str, float]:
    """The head of each reservoir and tank at the start, in the file's unit."""
    heads = {r[0]: float(r[1]) * (_factor(rows, r[2]) if len(r) > 2 else 1.0) for r in rows.get("RESERVOIRS", [])}
    return heads | {r[0]: float(r[1]) + float(r[2] if len(r) > 2 else 0) for r in rows.get("TANKS", [])}


def _nodes(rows: Rows, units: _Units, levels: Mapping[str, float]) -> dict[str, list[Any]]:
    options = _options(rows)
    usual = options.get("PATTERN", "1")
    factor = units.flow * DAY * float(options.get("DEMAND MULTIPLIER", 1.0))
    own: dict[str, float] = {}
    for r in rows.get("DEMANDS", []):
        own[r[0]] = own.get(r[0], 0.0) + float(r[1]) * _factor(rows, r[2] if len(r) > 2 else usual)
    out: dict[str, list[Any]] = {k: [] for k in ("id", "kind", "elevation", "head", "demand_m3d")}
    for r in rows["JUNCTIONS"]:
        base = float(r[2]) * _factor(rows, r[3] if len(r) > 3 else usual) if len(r) > 2 else 0.0
        _add(out, r[0], "junction", float(r[1]) * units.length, float("nan"), own.get(r[0], base) * factor)
    for section, kind in (("RESERVOIRS", "reservoir"), ("TANKS", "tank")):
        for r in rows.get(section, []):
            _add(out, r[0], kind, float(r[1]) * units.length, levels[r[0]] * units.length, 0.0)
    return out


def _add(out: dict[str, list[Any]], *values: Any) -> None:
    for key, value in zip(out, values, strict=True):
        out[key].append(value)


LINK = (
    "id", "kind", "from_node", "to_node", "length", "diameter_mm", "roughness", "minor", "status", "setting",
    "shutoff", "slope", "power", "watts", "unmodelled",
)  # fmt: skip


def _links(rows: Rows, units: _Units) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {k: [] for k in LINK}
    state = _states(rows)
    formula = _options(rows).get("HEADLOSS", "H-W").upper()
    wrong = "" if formula == "H-W" else f"head loss by {formula}"
    for r in rows.get("PIPES", []):
        length, bore, rough = float(r[3]) * units.length, float(r[4]) * units.bore, float(r[5])
        minor = MINOR * float(r[6]) / bore**4 if len(r) > 6 and _is_number(r[6]) else 0.0
        word = next((w.lower() for w in r[6:] if not _is_number(w)), "open")
        status = state.get(r[0], word)
        _add(out, r[0], "pipe", r[1], r[2], length, bore * 1e3, rough, minor, status, *_NONE, wrong)
    for r in rows.get("PUMPS", []):
        _add(out, *_pump(r, rows, units, state))
    for r in rows.get("VALVES", []):
        _add(out, *_valve(r, units, state))
    return out


_NONE = (float("nan"),) * 5
"""Setting, shutoff, slope, power, watts of a link that has none."""


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _pump(r: list[str], rows: Rows, units: _Units, state: Mapping[str, str]) -> list[Any]:
    """Gain = shutoff - slope q^power from one point, or three; or constant power. Speed acts on both."""
    given = {r[k].upper(): r[k + 1] for k in range(3, len(r) - 1, 2)}
    word = state.get(r[0], "open")
    speed = float(given.get("SPEED", 1.0)) * (_factor(rows, given["PATTERN"]) if "PATTERN" in given else 1.0)
    speed = float(word) if _is_number(word) else speed
    head = ["pump", r[1], r[2], float("nan"), float("nan"), float("nan"), 0.0]
    status = "closed" if word == "closed" or speed == 0 else "open"
    if "POWER" in given:
        watts = float(given["POWER"]) * units.power
        return [r[0], *head, status, speed, 0.0, 0.0, 1.0, watts, ""]
    curve = [
        (float(c[1]) * units.flow, float(c[2]) * units.length)
        for c in rows.get("CURVES", [])
        if c[0] == given.get("HEAD")
    ]
    fit = _curve(curve)
    if fit is None:
        return [r[0], *head, status, speed, *_NONE[:4], "pump curve of several points"]
    shutoff, slope, power = fit
    return [r[0], *head, status, speed, shutoff * speed**2, slope * speed ** (2 - power), power, 0.0, ""]


def _curve(points: list[tuple[float, float]]) -> tuple[float, float, float] | None:
    """Shutoff head, slope and power through one point (EPANET's rule) or three from zero flow on."""
    if len(points) == 1:
        (q, h) = points[0]
        return 4 / 3 * h, h / 3 / q**2, 2.0
    if len(points) == 3 and points[0][0] == 0:
        (_, h0), (q1, h1), (q2, h2) = points
        if h0 > h1 > h2 and 0 < q1 < q2:
            power = float(np.log((h0 - h2) / (h0 - h1)) / np.log(q2 / q1))
            return h0, (h0 - h1) / q1**power, power
    return None


def _valve(r: list[str], units: _Units, state: Mapping[str, str]) -> list[Any]:
    kind, bore = r[4].lower(), float(r[3]) * units.bore
    word = state.get(r[0], "")
    setting = float(word) if _is_number(word) else float(r[5]) if _is_number(r[5]) else float("nan")
    loss = MINOR * float(r[6]) / bore**4 if len(r) > 6 and _is_number(r[6]) else 0.0
    status = "closed" if word == "closed" else "open"
    wrong = "" if kind in {"prv", "tcv"} or word in {"open", "closed"} else f"valve {kind.upper()}"
    if kind == "tcv":
        loss = MINOR * setting / bore**4 if word != "open" else loss
    if kind != "prv" or word == "open":
        setting = float("nan")
    ends = [r[0], "prv" if kind == "prv" and setting == setting else "valve", r[1], r[2]]  # noqa: PLR0124  (NaN)
    return [*ends, 0.0, bore * 1e3, float("nan"), loss, status, setting * units.pressure, *_NONE[:4], wrong]


def _states(rows: Rows) -> dict[str, str]:
    """The state of links at the start: as written, then as controls by level or at hour 0 set it."""
    out = {r[0]: r[1].lower() for r in rows.get("STATUS", []) if len(r) > 1}
    level = {r[0]: float(r[2] if len(r) > 2 else 0) for r in rows.get("TANKS", [])}
    for r in rows.get("CONTROLS", []):
        words = [w.upper() for w in r]
        if words[0] != "LINK" or len(r) < 6:
            continue
        at_start = words[3:5] == ["AT", "TIME"] and _hours(r[5:6], 1.0) == 0
        if words[3:5] == ["IF", "NODE"] and len(r) > 7 and r[5] in level:
            low, bound = words[6] == "BELOW", float(r[7])
            at_start = level[r[5]] <= bound if low else level[r[5]] >= bound
        if at_start:
            out[r[1]] = r[2].lower()
    return out


def _ends(links: Mapping[str, list[Any]]) -> list[tuple[str, str, str]]:
    return list(zip(links["id"], links["from_node"], links["to_node"], strict=True))


def _line(of: tuple[str, str, str], bends: list[tuple[float, float]], place: Mapping[str, tuple[float, float]]) -> Any:
    link, a, b = of
    for end in (a, b):
        if end not in place:
            msg = f"link {link} ends at node {end}, which is not in the file. Mend the link in EPANET."
            raise NotALayerError(msg)
    way = [place[a], *bends, place[b]]
    return shapely.LineString(way if len(set(way)) > 1 else [place[a], (place[a][0] + 1e-3, place[a][1])])


def _bends(rows: Rows) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for r in rows.get("VERTICES", []):
        found.setdefault(r[0], []).append((float(r[1]), float(r[2])))
    return found


def _notes(rows: Rows, links: Mapping[str, list[Any]]) -> tuple[Any, ...]:
    """What is modelled as it stands at the start, and what is not."""
    count = {kind: len(rows.get(kind, [])) for kind in ("TANKS", "PUMPS", "VALVES", "CONTROLS", "RULES", "EMITTERS")}
    out = [note("IM127", 1, {k.lower(): n for k, n in count.items()})]
    wrong = sorted({w for w in links["unmodelled"] if w})
    wrong += ["rules"] if count["RULES"] else []
    wrong += ["emitters"] if count["EMITTERS"] else []
    return (*out, note("IM128", 1, {"what": ", ".join(wrong)})) if wrong else tuple(out)
