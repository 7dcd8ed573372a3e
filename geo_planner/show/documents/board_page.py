"""The board as one page that asks no network for anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

from ...lang import Lang, choose
from ...lang.board import BOARD
from ...lang.verdicts import STATES, VERDICT_NAMES
from ...plan.layers import UTILITY_ZH

LAND = {"built": "#5c6670", "committed": "#7b5ea7", "idle": "#b3261e", "reserve": "#c9b27c", "undated": "#d8d4cb"}
SHARES = {"production": "#d55e00", "living": "#0072b2", "ecology": "#009e73"}
_WIDE, _HIGH = 1000, 360


Told = tuple[Sequence[str], Mapping[str, Sequence[Sequence[Any]]]]
"""The sentences that come first, and the tables that only all parks together give, by name."""


_DARK = ':root[data-theme="dark"] {'


def board_page(board: Mapping[str, Any], told: Told, lang: Lang) -> str:
    """Return the page: all parks at a glance, where they lie, a card a park, then what only all together show."""
    lines, tables = told
    title = board["title"].get(lang) or board["name"]
    parts = [
        f"<h1>{escape(str(title))}</h1>",
        f'<p class="soft">{_w("board", lang)} · {_w("network_crs", lang)} {escape(board["network_crs"])}</p>',
    ]
    parts += [f'<p class="lead">{escape(line)}</p>' for line in lines]
    parts += [f"<p>{_w('note', lang)}</p>", f"<section>{_glance(board['parks'], lang)}</section>"]
    parts += [f"<h2>{_w('where', lang)}</h2>", _map(board["parks"], lang), f"<h2>{_w('parks', lang)}</h2>"]
    parts += ['<div class="cards">', *(_card(park, lang) for park in board["parks"]), "</div>"]
    for name, rows in tables.items():
        parts += [f'<h2 id="{name}">{_w(name, lang)}</h2>', f"<section>{_table(rows, lang)}</section>"]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(str(title))}</title>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    code = "zh-CN" if lang == "zh" else "en"
    return f'<!doctype html><html lang="{code}"><head>{head}{policy}<style>{styles()}</style></head><body><main>{"".join(parts)}</main></body></html>\n'


def styles() -> str:
    """Return the style sheet: the colours of the map page, its dark ones where the reader's screen is dark."""
    folder = resources.files("geo_planner.show.page") / "css"
    colours = (folder / "planner.css").read_text(encoding="utf-8")
    blocks = [colours[at : colours.index("}", at) + 1] for at in map(colours.index, (":root {", _DARK))]
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {blocks[1].replace(_DARK, ':root {')} }}\n"
    return blocks[0] + dark + (folder / "board.css").read_text(encoding="utf-8")


def _w(key: str, lang: Lang) -> str:
    return escape(choose(BOARD[key], lang))


def _chip(state: str, lang: Lang) -> str:
    return f'<span class="chip {state}">{escape(choose(STATES[state], lang))}</span>'


def _table(rows: Sequence[Sequence[Any]], lang: Lang) -> str:
    head, *body = rows
    if not body:
        return f'<p class="soft">{_w("none", lang)}</p>'
    lines = ["<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in body]
    return (
        "<table><thead><tr>"
        + "".join(f"<th>{escape(str(h))}</th>" for h in head)
        + "</tr></thead><tbody>"
        + "".join(lines)
        + "</tbody></table>"
    )


def _glance(parks: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    names = list(VERDICT_NAMES)
    head = [
        _w("park", lang),
        _w("role", lang),
        _w("overall", lang),
        *(escape(choose(VERDICT_NAMES[n], lang)) for n in names),
        _w("errors", lang),
    ]
    rows = []
    for park in parks:
        cells = [f"<b>{escape(park['title'])}</b>", _w(park["role"], lang), _chip(park["overall"], lang)]
        cells += [_chip(park["verdict"].get(n, "unknown"), lang) for n in names] + [str(park["findings"]["error"])]
        rows.append("<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    return (
        "<table><thead><tr>"
        + "".join(f"<th>{h}</th>" for h in head)
        + "</tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table>"
    )


def _map(parks: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Return a sketch of where the parks lie, north up; a small park is drawn as a dot of readable size."""
    points = [p for park in parks for ring in park["outline"] for p in ring]
    x0, y0 = min(p[0] for p in points), min(p[1] for p in points)
    wide, high = max(p[0] for p in points) - x0, max(p[1] for p in points) - y0
    scale = min((_WIDE - 240) / max(wide, 1.0), (_HIGH - 60) / max(high, 1.0))
    left, top = (_WIDE - wide * scale) / 2, (_HIGH - high * scale) / 2
    out: list[str] = []
    named: list[list[float]] = []
    for park in parks:
        rings = [
            [(left + (x - x0) * scale, top + (y0 + high - y) * scale) for x, y in ring] for ring in park["outline"]
        ]
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
        middle = [sum(p[k] for p in rings[0]) / len(rings[0]) for k in (0, 1)]
        colour = "var(--accent)" if park["role"] == "core" else "var(--soft)"
        out.append(
            f'<path d="{path}" fill="{colour}" fill-opacity=".35" stroke="{colour}"/><circle cx="{middle[0]:.1f}" cy="{middle[1]:.1f}" r="4" fill="{colour}"/>'
        )
        near = any(abs(x - middle[0]) < 90 and abs(y - middle[1]) < 14 for x, y in named)  # its name goes to the left
        where = f'x="{middle[0] - 8:.1f}" text-anchor="end"' if near else f'x="{middle[0] + 8:.1f}"'
        out.append(f'<text {where} y="{middle[1] + 4:.1f}">{escape(park["title"])}</text>')
        named.append(middle)
    return f'<svg class="map" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{_w("where", lang)}">{"".join(out)}</svg>'


def _card(park: Mapping[str, Any], lang: Lang) -> str:
    unknown = f'<span class="none">{_w("no_figure", lang)}</span>'
    day = escape(park["as_of"]) if park["as_of"] else unknown
    parts = [
        f"<h3>{escape(park['title'])}</h3>",
        f'<p class="soft">{_w(park["role"], lang)} · {_w("as_of", lang)} {day} · {escape(park["crs"])}</p>',
    ]
    parts.append(f"<h4>{_w('land', lang)}</h4>" + _bar(park["land_ha"], LAND, lang, "ha"))
    parts.append(f"<h4>{_w('balance', lang)}</h4>" + _bar(park["balance"], SHARES, lang, "%"))
    parts.append(_course(park["balance_through_time"], lang))
    parts.append(f"<h4>{_w('spare', lang)}</h4>" + _spare(park["spare"], lang))
    people = [(k, park["people"][k]) for k in ("jobs", "people", "dwellings", "jobs_per_resident")]
    money = [(k, park["productivity"][k]["per_mu"]) for k in ("output_wan", "tax_wan", "invest_wan")]
    for name, pairs in (("jobs_homes", people), ("productivity", money)):
        told = [(k, format(v, ",.0f" if v >= 100 else ",.2f")) for k, v in pairs if v is not None]
        cells = [f"{_w(k, lang)} <b>{text}</b>" for k, text in told]
        lost = _not_told([_w(k, lang) for k, v in pairs if v is None], lang)
        parts.append(f"<h4>{_w(name, lang)}</h4>" + " · ".join(cells) + lost)
    chains = " · ".join(
        f"{escape(c)} {s:.0%}" for c, s in sorted(park["industries"]["shares"].items(), key=lambda p: -p[1])[:5]
    )
    parts.append(f"<h4>{_w('industries', lang)}</h4>" + (chains or unknown))
    if park["faults"]:
        lines = "".join(f"<li>{escape(f[lang])}</li>" for f in park["faults"][:4])
        parts.append(f"<h4>{_w('worst', lang)}</h4><ul>{lines}</ul>")
    return f'<article class="card">{"".join(parts)}</article>'


def _bar(values: Mapping[str, float | None], colours: Mapping[str, str], lang: Lang, unit: str) -> str:
    known = {k: v for k, v in values.items() if v is not None and k in colours}
    total = sum(known.values())
    if not total:
        return f'<span class="none">{_w("no_figure", lang)}</span>'
    bits = "".join(f'<i style="width:{100 * v / total:.2f}%;background:{colours[k]}"></i>' for k, v in known.items())
    keys = "".join(
        f'<span><i style="background:{colours[k]}"></i>{_w(k, lang)} {format(v, ".1%" if unit == "%" else ",.1f")}</span>'
        for k, v in known.items()
        if v
    )
    return f'<div class="bar">{bits}</div><div class="key">{keys}</div>'


def _course(rows: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Return a small chart of the three shares at each date, evenly spaced by time."""
    dated = [(int(r["date"][:4]) + int(r["date"][5:7]) / 12, r) for r in rows if r["production"] is not None]
    if len(dated) < 2:
        return ""
    first, span = dated[0][0], max(dated[-1][0] - dated[0][0], 1e-9)
    lines = ""
    for name, colour in SHARES.items():
        spots = " ".join(f"{(when - first) / span * 296 + 2:.1f},{42 - 40 * r[name]:.1f}" for when, r in dated)
        lines += f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    years = f"{dated[0][1]['date'][:4]} – {dated[-1][1]['date'][:4]}"
    return f'<h4>{_w("course", lang)} {years}</h4><svg viewBox="0 0 300 44" width="100%" height="44" role="img" aria-label="{_w("course", lang)}">{lines}</svg>'


def _spare(spare: Mapping[str, Mapping[str, Any]], lang: Lang) -> str:
    rows, lost = [], list[str]()
    for kind, told in spare.items():
        name = escape(UTILITY_ZH.get(kind, kind) if lang == "zh" else kind)
        short = next((year for year, value in (told["years"] or {}).items() if value < 0), None)
        if told["now"] is None:
            lost.append(name)
            continue
        state = "fail" if told["now"] < 0 else "pass"
        value = f'<span class="{state}">{told["now"]:,.0f} {escape(told["unit"])}</span>'
        since = f"{_w('missing', lang)} {short}" if short else ""
        rows.append(f"<tr><td>{name}</td><td>{value}</td><td>{since}</td></tr>")
    return (f"<table><tbody>{''.join(rows)}</tbody></table>" if rows else "") + _not_told(lost, lang)


def _not_told(names: Sequence[str], lang: Lang) -> str:
    """Return one line for all figures that are not known."""
    if not names:
        return ""
    return f'<p class="none">{_w("not_told", lang)}{("、" if lang == "zh" else ", ").join(names)}</p>'
