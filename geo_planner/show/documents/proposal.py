"""A proposal as files and as lines: a scenario that runs, the compare page, the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...errors import OutputError
from ...improve.proposal import Proposal
from ...lang import Lang
from ...lang.layouts import RULES, rule_word
from ...lang.proposals import cell_word, table_word
from ...plan import scenario_text
from ...study.propose import TITLES, Outcome, gap_words
from ..exports.files import write_text
from ..page.compare import write_comparison
from .front_page import front_page, front_words
from .proposal_table import printed, spoken
from .sample_page import sample_page, sample_words
from .workbook import write_book

SHOWN = 4
"""Tables of a proposal that are printed."""
REASONS = {
    "conflict": ("无可行方案：以下规则相互冲突 {rules}", "impossible because these rules conflict: {rules}"),
    "not_found": ("在给定工作量内未找到方案，也未证明不存在", "none was found, and it is not proved impossible"),
    "already": ("现状已满足，无需调整", "the plan already keeps all of it: nothing to change"),
    "covered": ("{kind} 在 {radius:.0f} 米内已全部覆盖", "every home already has a {kind} within {radius:.0f} m"),
    "no_candidate": ("没有可用于 {kind} 的公共、绿地或闲置地块", "no public, green or vacant land could hold a {kind}"),
    "out_of_reach": (
        "没有候选地块能在 {radius:.0f} 米内服务未覆盖的住户（现覆盖 {share:.1f}%）",
        "no candidate reaches a home that lacks a {kind} within {radius:.0f} m ({share:.1f} % are covered)",
    ),
    "enough": (
        "现有及在建{kind}源站在各日期均够用，最紧时余 {spare:,.0f}；如仍要选址，请给出 --sites 1",
        "the {kind} sources there are suffice on every day, with {spare:,.0f} to spare at the tightest; "
        "give --sites 1 to place one all the same",
    ),
    "no_site": (
        "没有足够的可用地块建设{kind}源站：需 {need} 宗、每宗不小于 {least:,.0f} 平方米，可用 {have} 宗",
        "too few open parcels could hold a {kind} source: {need} of at least {least:,.0f} m² wanted, {have} there are",
    ),
    "nothing_open": (
        "没有可调地块：全部地块已开工、为水域农地或在控制线内，无从抽样",
        "nothing is open to draw: every parcel has begun, is water or field, or lies inside a control line",
    ),
    "one_layout": ("满足规则的布局只有一个，无从抽样", "only one layout keeps the rules, so there is nothing to draw"),
    "no_host": ("{projects} 个项目都没有地块可放", "none of the {projects} projects fits any open parcel"),
    "no_land": (
        "{side}控制线外没有足够的连片土地：需 {need:.0f} 公顷，最多 {have:.0f} 公顷",
        "not enough connected land outside the control lines{side}: {need:.0f} ha wanted, {have:.0f} ha at most",
    ),
}  # fmt: skip

SIDES = {
    "": ("", ""), "E": ("园区东侧", " east of the park"), "S": ("园区南侧", " south of the park"),
    "W": ("园区西侧", " west of the park"), "N": ("园区北侧", " north of the park"),
}  # fmt: skip


def _rule(rule: str, give: float, lang: Lang) -> str:
    """One rule of a layout and what it would have to give: points of a band, hectares of a service, pieces of land."""
    zh, name = lang == "zh", rule_word(rule, lang)
    if not np.isfinite(give):
        return name + ("（放宽也无解）" if zh else " (no amount is enough)")
    if rule in RULES:
        return name + (f"（需放宽 {give:.0f} 处）" if zh else f" (give {give:.0f} times)")
    if rule.startswith("service "):
        # Groups of homes overlap, so what they lack together may be counted more than once.
        return name + (f"（至多需放宽 {give:.2f} 公顷）" if zh else f" (give {give:.2f} ha at most)")
    return name + (f"（需放宽 {give:.2f} 个百分点）" if zh else f" (give {give:.2f} points)")


def proposal_lines(outcome: Outcome, lang: Lang) -> list[str]:
    """The headline first: what is proposed, how good it is proved to be, what it newly breaks; then the table."""
    made, zh = outcome.proposal, lang == "zh"
    title = TITLES[made.what][0 if zh else 1]
    if made.reason:
        return [f"{title}：{_reason(made, lang)}" if zh else f"{title}: {_reason(made, lang)}"]
    if made.what == "sample":
        return [f"{title}：{line}" if zh else f"{title}: {line}" for line in sample_words(made, lang)[:1]] + [
            *(f"  {line}" for line in sample_words(made, lang)[1:]), *printed("standing", made.tables["standing"], lang)
        ]  # fmt: skip
    lines = [f"{title}：{_headline(made, zh=True)}" if zh else f"{title}: {_headline(made, zh=False)}"]
    errors = outcome.new_errors
    if len(errors):
        some = "; ".join(f"{c} {layer}/{i}" for c, layer, i in errors.head(5).to_numpy().tolist())
        more = "" if len(errors) <= 5 else " …"
        lines[0] += f"；新增 {len(errors)} 项违规" if zh else f"; {len(errors)} new errors"
        lines.append(f"  新增违规：{some}{more}" if zh else f"  new errors: {some}{more}")
    else:
        lines[0] += "；无新增违规" if zh else "; no new error"
    lines += _price(outcome, zh=zh)
    if made.options:
        lines.append(f"  {front_words(made.tables, made.args, lang)}")
    if made.timed:
        lines.append("  按时间停止：再次计算结果可能不同" if zh else "  stopped by the clock: another run may differ")
    for name, table in [pair for pair in made.tables.items() if len(pair[1])][:SHOWN]:
        lines += printed(name, table, lang)
    return lines


def _price(outcome: Outcome, *, zh: bool) -> list[str]:
    """What the proposal brings besides errors: warnings and notes by check, and the scores before and after."""
    lines = []
    words = {"warning": ("  代价：新增提醒 ", "  its price: new warnings "), "info": ("  新增提示 ", "  new notes ")}
    for severity, (chinese, english) in words.items():
        counts = outcome.new(severity)["code"].value_counts().sort_index()
        if len(counts):
            each = [f"{code} {n} 项" if zh else f"{code} {n}" for code, n in counts.items()]
            lines.append((chinese if zh else english) + ("、" if zh else ", ").join(each))
    names = {"S1": "先规划后建设", "S2": "先地下后地上", "S3": "先工业后商住"}
    pairs = [(names[k] if zh else k, _percent(a, zh), _percent(b, zh)) for k, (a, b) in outcome.scores().items()]
    if pairs:
        lines.append(
            ("  得分：" if zh else "  scores: ") + ("，" if zh else ", ").join(f"{n} {a} → {b}" for n, a, b in pairs)
        )
    return lines


def _percent(share: float | None, zh: bool) -> str:
    return ("未知" if zh else "unknown") if share is None else f"{100 * share:.1f} %"


def _works(made: Proposal, *, zh: bool) -> str:
    """What an extension has to build before its parcels, and whether its days are known, as clauses of its headline."""
    works, phases = made.tables["works"], made.tables["phases"]
    street = works["network"] == "road"
    road, mains = (works.loc[rows, "metres"].sum() / 1000.0 for rows in (street, ~street))
    words = ""
    if street.any():
        words += f"；新建道路 {road:.1f} 公里" if zh else f"; {road:.1f} km of streets to build"
    else:
        words += "；图上没有可接的道路，未布设道路" if zh else "; the plan draws no street to join, so none is laid"
    if (~street).any():
        words += f"、管线 {mains:.1f} 公里" if zh and street.any() else (
            f"；新建管线 {mains:.1f} 公里" if zh else f"; {mains:.1f} km of mains to lay"
        )  # fmt: skip
    else:
        words += "；图上没有可接的管线，未布设管线" if zh else "; it draws no main to join, so none is laid"
    if not phases["released"].astype(bool).all():
        words += "；规划没有基准日，各项日期留空" if zh else "; the plan has no as-of day, so all days are left blank"
    return words


def _reason(made: Proposal, lang: Lang) -> str:
    args = dict(made.args)
    if made.reason == "conflict":
        found = made.tables["conflict"]
        words = [_rule(r, float(g), lang) for r, g in zip(found["rule"], found["give"], strict=True)]
        args["rules"] = ("；" if lang == "zh" else "; ").join(words)
    if made.reason == "no_land":
        args["side"] = SIDES[str(args["side"])][0 if lang == "zh" else 1]
    if made.what == "source":
        args["kind"] = cell_word(str(args["kind"]), lang)
    return REASONS[made.reason][0 if lang == "zh" else 1].format(**args)


def _headline(made: Proposal, *, zh: bool) -> str:
    gap = gap_words(made)
    proof = ("已证明最优" if zh else "proved to be the best") if gap == 0 else (
        f"距最优不超过 {gap:.2f}%" if zh else f"within {gap:.2f} % of the best possible"
    )  # fmt: skip
    if made.what == "siting":
        placed, projects = made.args["placed"], made.args["projects"]
        return (
            f"{projects} 个项目落位 {placed} 个，{proof}" if zh else f"{placed} of {projects} projects placed, {proof}"
        )
    if made.what == "source":
        return _next_source(made, proof, zh=zh)
    if made.unit == "people":
        return f"新服务 {-made.value:.0f} 人，{proof}" if zh else f"{-made.value:.0f} more people served, {proof}"
    if made.what == "extension":
        if gap:
            proof = (
                f"区位造价比同面积最便宜的零散方格（不要求连片紧凑，为下限）高不超过 {gap:.2f}%" if zh
                else f"at most {gap:.2f} % above the cheapest squares of that area in any place, in one piece or not"
            )  # fmt: skip
        words = "拓园 {area:.0f} 公顷，{proof}" if zh else "{area:.0f} ha, {proof}"
        if made.args["beyond"]:
            words += (
                "；其中 {beyond:.1f} 公顷在城镇开发边界外，须先依法调整边界" if zh
                else "; {beyond:.1f} ha lie beyond the development boundary, which must be moved by law first"
            )  # fmt: skip
        return words.format(proof=proof, **made.args) + _works(made, zh=zh)
    unit = {"sites": "处", "parcels": "宗地块", "m²": "平方米"}.get(made.unit, made.unit) if zh else made.unit
    return f"{made.value:,.0f} {unit}，{proof}" if zh else f"{made.value:,.0f} {unit}, {proof}"


def _next_source(made: Proposal, proof: str, *, zh: bool) -> str:
    """How many sources, by which day and why, and how much nearer the loads come to them."""
    args = dict(made.args) | {"kind": cell_word(str(made.args["kind"]), "zh" if zh else "en"), "proof": proof}
    why = (
        ("自 {since} 起供应不足，最多缺 {missing:,.0f}；", "it runs short from {since} on, by {missing:,.0f} at most; ")
        if args["since"] else ("现有源站够用，按要求选址；", "those there are suffice, placed as wished; ")
    )[0 if zh else 1]  # fmt: skip
    words = (
        "{kind}源站新增 {many} 处，每处 {capacity:,.0f}，{day} 前投运；" + why
        + "负荷到最近源站的平均直线距离 {before:,.0f} → {after:,.0f} 米，选址{proof}"
        if zh else "sources of {kind}: {many} more of {capacity:,.0f} each, in service by {day}; " + why
        + "mean straight distance of loads to a source {before:,.0f} → {after:,.0f} m, sites {proof}"
    )  # fmt: skip
    return words.format(**args)


def proposal_json(outcome: Outcome) -> dict[str, Any]:
    """Everything the proposal says, as one JSON object."""
    made = outcome.proposal
    return {
        "what": made.what, "status": made.status, "value": _number(made.value), "bound": _number(made.bound),
        "unit": made.unit, "gap_percent": _number(gap_words(made)), "may_differ": made.timed,
        "reason": {lang: _reason(made, lang) for lang in ("zh", "en")} if made.reason else None,
        "edits": len(made.edits), "new_errors": outcome.new_errors.to_dict("records"),
        "new_warnings": outcome.new("warning").to_dict("records"),
        "scores": {name: list(pair) for name, pair in outcome.scores().items()},
        "front": _front(made) if made.options else None,
        "sample": _sample(made) if made.what == "sample" and not made.reason else None,
        "tables": {name: json.loads(table.to_json(orient="records")) for name, table in made.tables.items()},
    }  # fmt: skip


def _front(made: Proposal) -> dict[str, Any]:
    """Whether the front is complete, what is not known, and the edits of each point; its rows stand in the tables."""
    edits = [[{"layer": e.layer, "id": e.id, "value": dict(e.value)} for e in option] for option in made.options]
    told = {name: made.args[name] for name in ("complete", "needless", "compactness_now")}
    return {**told, "unknown": list(made.args["unknown"]), "edits": edits}  # type: ignore[call-overload]


def _sample(made: Proposal) -> dict[str, Any]:
    """How the layouts were drawn, whether the walks agree, and the sentences; the figures stand in the tables."""
    told = {k: made.args[k] for k in ("many", "open", "seed", "taken", "agreed", "broken", "joined", "bands")}
    words = {lang: sample_words(made, lang) for lang in ("zh", "en")}
    return {**told, "worst_rhat": _number(float(str(made.args["worst"]))), "sentences": words}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def write_proposal(outcome: Outcome, folder: Path, *, lang: Lang = "zh") -> list[Path]:
    """Write the scenario (`<name>.toml`), the compare page and the tables; without a proposal the tables alone."""
    made = outcome.proposal
    name = f"{outcome.scenario.name}_{made.what}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = _tables(made.tables, (folder, name), lang)
        if made.what == "sample" and not made.reason:
            written.insert(0, folder / f"{name}.html")
            title = outcome.scenario.title.get(lang, outcome.scenario.name)
            write_text(written[0], sample_page(made, title, lang))
        if outcome.comparison is None or outcome.scenario.path is None:
            return written
        tomls = _scenarios(outcome, folder, name)
        if made.options:
            called = outcome.scenario.title.get(lang, outcome.scenario.name), [path.name for path in tomls]
            written.insert(0, folder / f"{name}_front.html")
            write_text(written[0], front_page(made.tables, made.args, called, lang))
    except OSError as error:
        msg = f"{folder}: the proposal cannot be written ({error.strerror or error}). Choose another folder with -o."
        raise OutputError(msg) from None
    page = folder / f"{name}.html"
    write_comparison([outcome.comparison, *outcome.others], page, lang=lang)
    return [tomls[0], page, *written, *tomls[1:]]


def _scenarios(outcome: Outcome, folder: Path, name: str) -> list[Path]:
    """Write the proposal as a scenario, and each other point of a front as one more."""
    made, scenario, out = outcome.proposal, outcome.scenario, list[Path]()
    assert scenario.path is not None
    base = _relative(scenario.path.resolve(), folder.resolve())
    for k, edits in enumerate(made.options or (made.edits,), 1):
        own = name if k == 1 else f"{name}_{k}"
        number = f" {k}" if made.options else ""
        title = {
            lang: f"{scenario.title.get(lang, scenario.name)} · {TITLES[made.what][n]}{number}"
            for n, lang in enumerate(("zh", "en"))
        }
        out.append(folder / f"{own}.toml")
        text = scenario_text(edits, name=own, base=base, title=title)
        out[-1].write_text(text, encoding="utf-8", newline="\n")
    return out


def _tables(tables: Mapping[str, pd.DataFrame], place: tuple[Path, str], lang: Lang) -> list[Path]:
    """Write each table as CSV with the names of the library, and all as one workbook with the words of the reader."""
    out, (folder, name) = [], place
    for key, table in tables.items():
        path = folder / f"{name}_{key}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
        out.append(path)
    if tables:
        out.append(folder / f"{name}_tables.xlsx")
        write_book({table_word(key, lang): _rows(spoken(table, lang)) for key, table in tables.items()}, out[-1])
    return out


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    """Return a table as rows of a sheet, its heads first; what is missing is an empty cell."""
    plain = table.astype(object).where(table.notna(), None)
    return [list(map(str, table.columns)), *plain.to_numpy().tolist()]


def _relative(target: Path, folder: Path) -> str:
    """Return the path from a folder to a file with forward slashes."""
    shared = 0
    for a, b in zip(target.parts, folder.parts, strict=False):
        if a != b:
            break
        shared += 1
    return "/".join([".."] * (len(folder.parts) - shared) + list(target.parts[shared:]))
