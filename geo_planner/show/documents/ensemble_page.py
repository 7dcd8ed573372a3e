"""An ensemble as one page that asks no network for anything: what is certain, what decides it, and what matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import shapely

from ...checks import load
from ...lang import Lang, choose
from ...lang.sentences import sentence as filled
from ...lang.studies import ENSEMBLE_PAGE, KINDS, STUDY_STATES, UNITS
from ...plan.verdict import layer_called
from ...study.ensemble import Ensemble
from .board_page import styles

Array = np.ndarray[Any, Any]
SHOWN = 40
"""Groups of deciding features that are listed; the file `ensemble.json` holds every feature."""
NAMED = 8
"""Ids that a group names at most."""
_WIDE, _HIGH = 1000, 420
_BINS = 24
_ORDER = {"fail": 0, "undecided": 1, "unknown": 2, "pass": 3}


def ensemble_page(done: Ensemble, told: Mapping[str, Any], lang: Lang) -> str:
    """Return the page; `told` is what `ensemble.json` holds."""
    title = escape(str(done.study.title.get(lang) or done.study.name))
    head, *lines = told["sentences"][lang]
    facts = filled(
        _w("facts", lang), {"members": f"{done.members:,}", "seed": done.seed, "sure": f"{done.study.sure:.0%}"}
    )
    parts = [f"<h1>{title}</h1>", f'<p class="soft">{escape(facts)}</p>']
    parts.append(f'<p class="lead">{_chip(done.state, lang)} {escape(head)}</p>')
    parts += [f"<ul class='lead'>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""]
    blocks = (
        ("checks", _checks(done, lang)),
        ("deciders", _map(done, lang) + _deciders(done, told, lang)),
        ("matters", _matters(done, told, lang)),
        ("levers", _levers(done, told["levers"], lang)),
        ("drawn", _drawn(done, lang)),
    )
    for name, body in blocks:
        if body:
            note = f'<p class="soft">{_w(f"{name}_note", lang)}</p>' if f"{name}_note" in ENSEMBLE_PAGE else ""
            parts.append(f'<h2 id="{name}">{_w(name, lang)}</h2>{note}<section>{body}</section>')
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    code = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!doctype html><html lang="{code}"><head>{meta}<title>{title}</title>{policy}<style>{styles()}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _w(key: str, lang: Lang) -> str:
    return escape(choose(ENSEMBLE_PAGE[key], lang))


def _chip(state: str, lang: Lang) -> str:
    return f'<span class="chip {state}">{escape(choose(STUDY_STATES[state], lang))}</span>'


def _rule(code: str, lang: Lang) -> str:
    check = load()[code]
    return f"<b>{code}</b> {escape((check.zh if lang == 'zh' else check.en).title)}"


def _table(head: Iterable[str], rows: Iterable[Sequence[str]], lang: Lang) -> str:
    """Return a table; its cells are markup already."""
    top = "".join(f"<th>{_w(name, lang)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _checks(done: Ensemble, lang: Lang) -> str:
    """Checks that are not certain to pass, the worst first, with the spread of what they find; the others in a line."""
    table = done.states.assign(order=done.states["state"].map(_ORDER)).sort_values(["order", "share", "code"])
    open_ones, sure = table[table["state"] != "pass"], table[table["state"] == "pass"]
    most = float(np.nanmax([*open_ones["p95"], *open_ones["limit"], 1.0])) if len(open_ones) else 1.0
    rows = [
        (_rule(code, lang), _chip(state, lang), _share(share), _spread(values, limit, most))
        for code, state, share, limit, *values, _ in open_ones.to_numpy(dtype=object).tolist()
    ]
    out = _table(("rule", "state", "within", "spread"), rows, lang) if rows else ""
    if len(sure):
        out += f'<p class="soft">{_w("sure", lang)} {escape(" ".join(sure["code"]))}</p>'
    return out


def _share(share: float) -> str:
    return "—" if np.isnan(share) else f'<span class="meter"><i style="width:{share:.1%}"></i></span> {share:.0%}'


def _spread(values: Sequence[float], limit: float, most: float) -> str:
    """Return the 5 %, middle and 95 % of the count as a bar, with the limit as a mark."""
    if np.isnan(values[1]):
        return "—"
    low, middle, high = (4 + 192 * v / most for v in values)
    mark = 4 + 192 * limit / most
    bar = f'<rect x="{low:.1f}" y="6" width="{max(high - low, 2):.1f}" height="8" rx="3" class="span"/>'
    dots = f'<circle cx="{middle:.1f}" cy="10" r="4" class="mid"/><path d="M{mark:.1f} 1V19" class="limit"/>'
    words = f"{values[0]:.0f} – <b>{values[1]:.0f}</b> – {values[2]:.0f} ≤ {limit:.0f}"
    return f'<svg viewBox="0 0 200 20" width="200" height="20">{bar}{dots}</svg> {words}'


def _deciders(done: Ensemble, told: Mapping[str, Any], lang: Lang) -> str:
    """Features that some members find at fault and others not: a row for each check and the number that decides."""
    groups: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for row in told["deciders"]:
        groups.setdefault((row["code"], row["layer"], row["uncertainty"], row["side"]), []).append(row)
    if not groups:
        return f'<p class="soft">{_w("none_decides", lang)}</p>'
    rows = []
    for (code, layer, _, _), some in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:SHOWN]:
        ids = ", ".join(escape(str(row["id"])) for row in some[:NAMED]) + (" …" if len(some) > NAMED else "")
        feature = f"<b>{len(some)}</b> {escape(layer_called(layer, lang))}<br><span class='soft'>{ids}</span>"
        shares = sorted(row["share"] for row in some)
        rows.append((feature, _rule(code, lang), _share(shares[len(shares) // 2]), _turn(done, some, lang)))
    return _table(("feature", "rule", "at_fault", "turns_on"), rows, lang)


def _turn(done: Ensemble, rows: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Return on which number some features turn, with where that lies among the draws."""
    if not rows[0]["uncertainty"]:
        return f'<span class="soft">{_w("no_one_number", lang)}</span>'
    unsure = next(u for u in done.study.uncertainties if u.name == rows[0]["uncertainty"])
    name, unit = unsure.title.get(lang) or unsure.name, choose(UNITS[unsure.unit], lang)
    cuts, side = sorted(row["threshold"] for row in rows), rows[0]["side"]
    ends = (f"{cuts[0]:,.0f}", f"{cuts[-1]:,.0f}")
    at = ends[0] if ends[0] == ends[1] else f"{ends[0]} – {ends[1]}"
    words = filled(choose(ENSEMBLE_PAGE[side], lang), {"name": name, "at": at, "unit": unit})
    return f"{_strip(done.drawn[unsure.name].to_numpy(), cuts[len(cuts) // 2], side)} {escape(words)}"


def _strip(values: Array, at: float | None = None, side: str = "") -> str:
    """Return a small histogram of the draws; those on the side at fault are red."""
    count, edge = np.histogram(values.astype(float), bins=_BINS)
    top, wide = max(int(count.max()), 1), 120 / _BINS
    bars = []
    for k, (number, left, right) in enumerate(zip(count.tolist(), edge[:-1].tolist(), edge[1:].tolist(), strict=True)):
        bad = at is not None and ((left + right) / 2 > at) == (side == "above")
        high = 22 * number / top
        size = f'x="{k * wide:.2f}" y="{24 - high:.2f}" width="{wide - 0.6:.2f}" height="{high:.2f}"'
        bars.append(f'<rect {size} class="{"bad" if bad else "draw"}"/>')
    return f'<svg viewBox="0 0 120 24" width="120" height="24">{"".join(bars)}</svg>'


def _matters(done: Ensemble, told: Mapping[str, Any], lang: Lang) -> str:
    if not done.sensitivity:
        why = told["why_no_sensitivity"]
        return f'<p class="soft">{_w("no_indices", lang)}{escape(why[lang])}</p>' if why else ""
    rows = []
    titles = {u.name: u.title.get(lang) or u.name for u in done.study.uncertainties}
    for name, index in sorted(done.sensitivity.items(), key=lambda item: -item[1]["ST"]):
        alone, whole = (min(max(index[k], 0.0), 1.0) for k in ("S1", "ST"))
        rows.append((f"<b>{escape(titles[name])}</b>", _share(alone), _share(whole)))
    return _table(("uncertainty", "alone", "with_others"), rows, lang)


def _levers(done: Ensemble, levers: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    titles = {u.name: (u.title.get(lang) or u.name, choose(UNITS[u.unit], lang)) for u in done.study.uncertainties}
    rows = []
    for row in levers:
        title, unit = titles[row["lever"]]
        share = float("nan") if row["kept"] is None else row["kept"]
        rows.append((f"<b>{escape(title)}</b>", escape(f"{row['value']} {unit}"), str(row["members"]), _share(share)))
    return _table(("lever", "value", "members", "kept"), rows, lang) if rows else ""


def _drawn(done: Ensemble, lang: Lang) -> str:
    rows = []
    for unsure in done.study.uncertainties:
        values = done.drawn[unsure.name]
        name, unit = unsure.title.get(lang) or unsure.name, choose(UNITS[unsure.unit], lang)
        numbers = np.issubdtype(values.dtype, np.number)
        told = f"{values.min():,.0f} – {values.max():,.0f} {unit}" if numbers else ", ".join(map(str, values.unique()))
        picture = _strip(values.to_numpy()) if numbers else ""
        kind = choose(KINDS[unsure.kind], lang)
        of = layer_called(unsure.layer, lang) if unsure.layer else unsure.check
        about = f"{kind}{'：' if lang == 'zh' else ': '}{of}"
        rows.append((f"<b>{escape(name)}</b>", escape(about), f"{picture} {escape(told)}"))
    return _table(("uncertainty", "about", "draws"), rows, lang)


def _map(done: Ensemble, lang: Lang) -> str:
    """Return a sketch of the plan in which the features that decide are coloured, deeper the more members find them."""
    share = done.deciders.groupby(["layer", "id"])["share"].max() if len(done.deciders) else None
    if share is None or not (done.plan.has("parcels") or done.plan.has("parks")):
        return ""
    ground = done.plan["parcels" if done.plan.has("parcels") else "parks"].geometry.to_numpy()
    x0, y0, x1, y1 = shapely.total_bounds(ground)
    scale = min((_WIDE - 20) / max(x1 - x0, 1.0), (_HIGH - 20) / max(y1 - y0, 1.0))
    place = (x0 - (_WIDE / scale - (x1 - x0)) / 2, y1 + (_HIGH / scale - (y1 - y0)) / 2, scale)
    out = [f'<path d="{_path(ground, place)}" class="ground"/>']
    for (layer, name), part in share.items():
        frame = done.plan[layer]
        shapes = frame.geometry.to_numpy()[(frame["id"] == name).to_numpy(dtype=bool)]
        line = shapely.get_dimensions(shapes).max(initial=0) == 1
        style = "fill:none;stroke-width:3" if line else f"fill-opacity:{0.25 + 0.75 * part:.2f}"
        tip = escape(f"{layer_called(layer, lang)} {name}: {part:.0%}")
        out.append(f'<path d="{_path(shapes, place)}" class="decides" style="{style}"><title>{tip}</title></path>')
    box = f'viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{_w("deciders", lang)}"'
    return f'<svg class="map" {box}>{"".join(out)}</svg>'


def _path(shapes: Array, place: tuple[float, float, float]) -> str:
    """Return shapes as one path, simplified to what can be seen."""
    left, top, scale = place
    parts = shapely.get_parts(shapely.simplify(shapes[~shapely.is_missing(shapes)], 0.7 / scale))
    words = []
    for part in parts.tolist():
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            xy = shapely.get_coordinates(ring)
            spots = "L".join(f"{(x - left) * scale:.1f} {(top - y) * scale:.1f}" for x, y in xy.tolist())
            words.append(f"M{spots}" + ("Z" if part.geom_type == "Polygon" else ""))
    return "".join(words)
