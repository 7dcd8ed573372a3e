"""The board of a portfolio as a page, a workbook and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ...lang import Lang, choose
from ...lang.board import BOARD, TRUSTS
from ...lang.sentences import sentence as filled
from ...lang.verdicts import STATES, VERDICT_NAMES
from ...plan.layers import UTILITY_ZH
from ...plan.verdict import need_name
from ..exports.files import write_text
from .board_page import board_page
from .workbook import write_book


def write_board(board: dict[str, Any], folder: Path, *, lang: Lang = "zh") -> list[Path]:
    """Write board.html, board.xlsx and board.json; a second run on the same input writes the same bytes."""
    folder = Path(folder)
    page = board_page(board, (lead(board, lang), dict(sections(board, lang))), lang)
    write_text(folder / "board.json", json.dumps(board, ensure_ascii=False, indent=1) + "\n")
    write_book({choose(BOARD["parks"], lang): board_rows(board, lang)} | _sheets(board, lang), folder / "board.xlsx")
    write_text(folder / "board.html", page)
    return [folder / name for name in ("board.html", "board.xlsx", "board.json")]


def _sheets(board: dict[str, Any], lang: Lang) -> dict[str, list[tuple[Any, ...]]]:
    return {choose(BOARD[name], lang)[:31]: rows for name, rows in (*sections(board, lang), *_by_park(board, lang))}


def word(key: str, lang: Lang) -> str:
    """Return a word of the board."""
    return choose(BOARD[key], lang)


def board_rows(board: dict[str, Any], lang: Lang) -> list[tuple[str, ...]]:
    """Return one row a park: role, the seven verdicts, violations, what could not be judged."""
    names = list(VERDICT_NAMES)
    head = ("park", "role", "overall")
    rows = [tuple(word(h, lang) for h in head) + tuple(choose(VERDICT_NAMES[n], lang) for n in names)
            + tuple(word(h, lang) for h in ("errors", "warnings", "not_judged"))]  # fmt: skip
    for park in board["parks"]:
        states = [choose(STATES[park["verdict"].get(n, "unknown")], lang) for n in names]
        counts = [str(park["findings"]["error"]), str(park["findings"]["warning"]), str(park["not_judged"])]
        rows.append((called(park), word(park["role"], lang), choose(STATES[park["overall"]], lang), *states, *counts))
    return rows


def glance_rows(board: dict[str, Any], lang: Lang) -> list[tuple[str, ...]]:
    """Return one narrow row a park for a terminal: role, the word over all, violations, and which verdicts fail."""
    head = tuple(word(h, lang) for h in ("park", "role", "overall", "errors", "fails"))
    rows = [head]
    for park in board["parks"]:
        failed = [choose(VERDICT_NAMES[n], lang) for n, state in park["verdict"].items() if state == "fail"]
        overall = choose(STATES[park["overall"]], lang)
        told = ("、" if lang == "zh" else "; ").join(failed)
        rows.append((park["title"], word(park["role"], lang), overall, str(park["findings"]["error"]), told))
    return rows


def called(park: dict[str, Any]) -> str:
    """Return the name a park is called by: its title, with its id where they differ."""
    return str(park["title"]) if park["title"] == park["name"] else f"{park['title']} ({park['name']})"


def utility(kind: str, lang: Lang) -> str:
    """Return the name of a utility."""
    return UTILITY_ZH.get(kind, kind) if lang == "zh" else kind


def figure(value: Any, lang: Lang, digits: int = 1) -> str:
    """Return a number as text; what is not known says so."""
    return word("no_figure", lang) if value is None else f"{value:,.{digits}f}"


def sections(board: dict[str, Any], lang: Lang) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Return the tables that only all parks together give: name and rows, the head first."""
    return [
        *([("variants", _variants(board, lang))] if board["variants"] else []),
        ("to_bring", _to_bring(board, lang)),
        ("across", _across(board["across"], lang)),
        ("roads_at_borders", _table(("fault", "park", "feature", "other_park", "other", "value"), lang,
            [(word(r["fault"], lang), r["park"], r["id"], r["other_park"], r["other_id"], _measure(r, lang)) for r in board["roads_at_borders"]])),
        ("shared_sources", _table(("kind", "park", "feature", "other_park", "other"), lang,
            [(utility(r["kind"], lang), r["park"], r["id"], r["other_park"], r["other_id"]) for r in board["shared_sources"]])),
        ("neighbours", _table(("park", "kind", "missing", "neighbour", "spare", "km"), lang,
            [(r["park"], utility(r["kind"], lang), f"{r['missing']:,.0f} {r['unit']}", r["neighbour"] or word("none", lang),
              "" if r["spare"] is None else f"{r['spare']:,.0f} {r['unit']}", figure(r["km"], lang)) for r in board["neighbours"]])),
        ("division", _table(("park", "overlap", "same_lead"), lang,
            [(r["county"], f"{r['overlap']:.0%}", word("yes" if r["same_lead"] else "no", lang)) for r in board["division"]["overlap"]])),
        ("lq", _quotients(board["division"]["location_quotient"], lang)),
        ("readiness", _readiness(board, lang)),
    ]  # fmt: skip


def lead(board: dict[str, Any], lang: Lang) -> list[str]:
    """Return the sentences that come first: how many parks pass, what no date leaves open, what to bring."""
    parks = board["parks"]
    states = [park["overall"] for park in parks]
    count = {"parks": len(parks), "passed": states.count("pass"), "fail": states.count("fail")}
    lines = [filled(word("head", lang), count | {"unknown": states.count("unknown")})]
    land = [park["land_ha"] for park in parks]
    if all(one["undated"] and not any(one[k] for k in ("built", "committed", "idle", "reserve")) for one in land):
        lines.append(word("undated_all", lang))
    first = board["to_bring"][:3]
    if first:
        names = ("、" if lang == "zh" else ", ").join(need_name(row["what"], lang) for row in first)
        checks = {code for row in first for code in row["checks"]}
        lines.append(filled(word("bring", lang), {"what": names, "checks": len(checks)}))
    return lines


def _variants(board: dict[str, Any], lang: Lang) -> list[tuple[Any, ...]]:
    """Return a row a park: the word over all and the errors, as planned and under each variant that touches it."""
    head = (
        word("park", lang),
        word("as_planned", lang),
        *(v["title"].get(lang) or v["name"] for v in board["variants"]),
    )
    rows: list[tuple[Any, ...]] = [head]
    for park in board["parks"]:
        cells = [_state(park, lang)]
        for variant in board["variants"]:
            told = variant["parks"][park["name"]]
            cells.append(_state(told, lang) if told["touched"] else word("not_touched", lang))
        rows.append((park["title"], *cells))
    return rows


def _state(told: dict[str, Any], lang: Lang) -> str:
    return f"{choose(STATES[told['overall']], lang)} ({told['findings']['error']})"


def _to_bring(board: dict[str, Any], lang: Lang) -> list[tuple[Any, ...]]:
    titles = {park["name"]: str(park["title"]) for park in board["parks"]}
    stop = "、" if lang == "zh" else ", "
    rows = [
        (
            need_name(row["what"], lang),
            f"{len(row['checks'])}: {' '.join(row['checks'])}",
            stop.join(choose(VERDICT_NAMES[name], lang) for name in row["verdicts"]),
            word("all_parks", lang)
            if len(row["parks"]) == len(titles) > 1
            else stop.join(titles[n] for n in row["parks"]),
            f"{row['rows']:,}" if row["rows"] else "",
        )
        for row in board["to_bring"]
    ]
    return _table(("what", "opens", "waiting", "lacking", "open_rows"), lang, rows)


def _measure(row: dict[str, Any], lang: Lang) -> str:
    """Return a distance, a share of the width lost, or days, as text."""
    if row["unit"] == "1":
        return f"{row['value']:.0%}"
    unit = "天" if lang == "zh" and row["unit"] == "d" else row["unit"]
    return word("no_figure", lang) if row["value"] is None else f"{row['value']:,.0f} {unit}"


def _table(head: Sequence[str], lang: Lang, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(word(h, lang) for h in head), *rows]


def _across(rows: Sequence[dict[str, Any]], lang: Lang) -> list[tuple[Any, ...]]:
    head = ("rule", "park", "feature", "other_park", "other", "value", "limit")
    body = [
        (f"{r['code']} {r['title'][lang]}", r["park"], r["id"], r["other_park"], r["other_id"],
         f"{figure(r['value'], lang)} {r['unit']}", f"{figure(r['limit'], lang)} {r['unit']}")
        for r in rows
    ]  # fmt: skip
    return _table(head, lang, body)


def _quotients(table: dict[str, dict[str, float]], lang: Lang) -> list[tuple[Any, ...]]:
    codes = sorted({code for row in table.values() for code in row})
    return [(word("park", lang), *codes), *((park, *(row.get(c, 0.0) for c in codes)) for park, row in table.items())]


def _readiness(board: dict[str, Any], lang: Lang) -> list[tuple[Any, ...]]:
    head = ("park", "indicator", "value", "limit", "gap", "state", "source", "trust", "value_from")
    rows = []
    for park in board["parks"]:
        for r in park["readiness"]:
            bound = word("at_least" if r["bound"] == "least" else "at_most", lang)
            rows.append(
                (park["title"], r[lang], f"{figure(r['value'], lang, 2)} {r['unit'] if r['value'] is not None else ''}".strip(),
                 f"{bound} {r['limit']:g} {r['unit']}", figure(r["gap"], lang, 2), choose(STATES[r["state"]], lang),
                 r["source"], choose(TRUSTS[r["trust"]], lang), r["value_from"])
            )  # fmt: skip
    return _table(head, lang, rows)


def _by_park(board: dict[str, Any], lang: Lang) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Return the tables with a row a park (or a park and year), for the workbook."""
    parks = board["parks"]
    land = ("built", "committed", "idle", "reserve", "undated")
    homes = ("jobs", "people", "dwellings", "jobs_per_resident")
    money = ("output_wan", "tax_wan", "invest_wan")
    spare = [
        (p["title"], utility(kind, lang), s["unit"], int(year), value)
        for p in parks
        for kind, s in p["spare"].items()
        for year, value in (s["years"] or {}).items()
    ]
    course = [
        (p["title"], r["date"], r["production"], r["living"], r["ecology"])
        for p in parks
        for r in p["balance_through_time"]
    ]
    chains = [(p["title"], code, share) for p in parks for code, share in p["industries"]["shares"].items()]
    return [
        ("land", _table(("park", *land), lang, [(p["title"], *(p["land_ha"][k] for k in land)) for p in parks])),
        ("course", _table(("park", "year", "production", "living", "ecology"), lang, course)),
        ("spare", _table(("park", "kind", "value", "year", "spare"), lang, spare)),
        ("jobs_homes", _table(("park", *homes), lang, [(p["title"], *(p["people"][k] for k in homes)) for p in parks])),
        (
            "productivity",
            _table(
                ("park", *money), lang, [(p["title"], *(p["productivity"][k]["per_mu"] for k in money)) for p in parks]
            ),
        ),
        ("industries", _table(("park", "industries", "value"), lang, chains)),
    ]
