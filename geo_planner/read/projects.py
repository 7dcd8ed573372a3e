"""A list of projects that look for land: CSV or XLSX with Chinese or English column names."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from ..errors import ReadError, did_you_mean
from ..plan.landuse import schemes
from .encoding import decide, decode

NAMES = {
    "id": ("id", "编号", "项目编号", "序号"),
    "name": ("name", "名称", "项目名称", "企业名称"),
    "area": ("area", "area_m2", "用地面积", "用地面积(平方米)", "面积"),
    "area_ha": ("area_ha", "用地面积(公顷)", "面积(公顷)"),
    "area_mu": ("area_mu", "用地面积(亩)", "面积(亩)", "用地(亩)"),
    "far": ("far", "容积率"),
    "power": ("power", "power_kw", "用电", "用电需求", "用电负荷", "用电负荷(kW)"),
    "water": ("water", "water_m3d", "用水", "用水需求", "用水量", "用水量(m3/d)"),
    "gas": ("gas", "gas_nm3h", "用气", "用气需求", "用气量"),
    "heat": ("heat", "heat_kw", "用热", "用热需求", "热负荷"),
    "sewer": ("sewer", "sewage", "sewage_m3d", "污水", "污水量", "污水排放量"),
    "nuisance": ("nuisance", "工业类别", "类别", "污染类别"),
    "hazard": ("hazard", "火灾危险性", "危险性"),
    "chain": ("chain", "产业链", "行业", "行业代码", "industry"),
    "use": ("use", "用途", "用地类型", "用地性质"),
    "people": ("people", "jobs", "职工人数", "就业岗位", "人数"),
    "wanted": ("wanted", "wanted_date", "期望日期", "计划投产", "投产日期", "开工日期"),
    "priority": ("priority", "优先级", "权重"),
}
"""Columns of a list of projects and the headings they are known by."""
NUMBERS = ("area", "far", "power", "water", "gas", "heat", "sewer", "people", "priority")
_USE = {"工业": "industry", "industry": "industry", "仓储": "warehouse", "物流": "warehouse", "warehouse": "warehouse"}
_OF_CHAIN = {"B": "industry", "C": "industry", "D": "industry", "G": "warehouse"}
"""The land that a branch of GB/T 4754 stands on: mining, works and supply; transport and storage."""
_HAZARD = {"甲": "jia", "乙": "yi", "丙": "bing", "丁": "ding", "戊": "wu"}
_NUISANCE = {"一": 1, "二": 2, "三": 3, "1": 1, "2": 2, "3": 3, "class1": 1, "class2": 2, "class3": 3}
_MU = 10_000 / 15


def read_projects(path: str | Path) -> pd.DataFrame:
    """One row per project: id, name, area [m²], far, power and heat [kW], water and sewer [m³/d], gas [Nm³/h], wishes.

    Columns that are not there are null; `nuisance` is 1 to 3 (2 where not given), `priority` 1 where not given.

    Raises
    ------
    ReadError
        No table, a column that is not understood, a project without id or area, a number or date that is none.
    """
    path = Path(path)
    raw = _raw(path)
    frame = pd.DataFrame({key: raw[column] for key, column in _columns(path, list(raw.columns)).items()})
    if not len(frame):
        msg = f"{path.name}: the list holds no project. Write one row for each, below the headings."
        raise ReadError(msg)
    out = pd.DataFrame({"id": frame.get("id", pd.Series(range(1, len(frame) + 1), dtype=str)).astype(str)})
    out["name"] = frame["name"] if "name" in frame else out["id"]
    for name in ("area_ha", "area_mu", *NUMBERS):
        out[name] = _number(path, frame, out["id"], name)
    out["area"] = out["area"].fillna(out.pop("area_ha") * 1e4).fillna(out.pop("area_mu") * _MU)
    without = out.loc[~(out["area"] > 0), "id"]
    if len(without):
        msg = (
            f"{path.name}: project {without.iloc[0]} has no area; give 用地面积 in m², 用地面积(公顷) or 用地面积(亩)."
        )
        raise ReadError(msg)
    if out["id"].duplicated().any():
        msg = f"{path.name}: project {out.loc[out['id'].duplicated(), 'id'].iloc[0]} stands there twice."
        raise ReadError(msg)
    out["priority"] = out["priority"].fillna(1.0)
    out["hazard"] = frame["hazard"].map(lambda v: _HAZARD.get(v[:1], v)) if "hazard" in frame else ""
    out["chain"] = frame.get("chain", "")
    out["use"] = _use(path, frame, out["id"])
    out["nuisance"] = _class(path, frame, out["id"])
    out["wanted"] = _day(path, frame, out["id"])
    return out


def _raw(path: Path) -> pd.DataFrame:
    """Return the cells of a table as text, its first row as headings."""
    if not path.exists():
        msg = f"{path}: there is no such file. Give a list of projects as .csv or .xlsx."
        raise ReadError(msg)
    if path.suffix.lower() == ".xlsx":
        import openpyxl

        try:
            sheet = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False).worksheets[0]
        except Exception as error:
            msg = f"{path.name} is a damaged workbook ({str(error)[:80]}). Save it again."
            raise ReadError(msg) from None
        rows = [
            ["" if v is None else str(v).removesuffix(" 00:00:00") for v in row]
            for row in sheet.iter_rows(values_only=True)
        ]
    else:
        body = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            text = decode(body, decide(body.splitlines(), None).codec)[0]
        mark = max(",;\t", key=text.split("\n", 1)[0].count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        msg = f"{path.name}: the table is empty."
        raise ReadError(msg)
    head = [cell.strip() for cell in rows[0]]
    body_rows = [[cell.strip() for cell in row] + [""] * (len(head) - len(row)) for row in rows[1:]]
    return pd.DataFrame([row[: len(head)] for row in body_rows], columns=head, dtype=str)


def _columns(path: Path, head: list[str]) -> dict[str, str]:
    """Return the heading of each column that is understood; a utility that no plan has is an error."""
    known = {alias.lower(): key for key, many in NAMES.items() for alias in many}
    found: dict[str, str] = {}
    for heading in head:
        word = heading.replace("（", "(").replace("）", ")").replace(" ", "").lower()
        if word in known:
            found.setdefault(known[word], heading)
        elif word:
            msg = (
                f"{path.name}: column '{heading}' is not understood; utilities are power, water, gas, heat, sewage."
                + did_you_mean(word, known)
            )
            raise ReadError(msg)
    return found


def _number(path: Path, frame: pd.DataFrame, ids: pd.Series, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index)
    text = frame[name].str.replace(",", "").where(frame[name] != "", None)
    out = pd.to_numeric(text, errors="coerce")
    wrong = text.notna() & (out.isna() | (out < 0))
    if wrong.any():
        msg = f"{path.name}: project {ids[wrong].iloc[0]}: {name} = '{frame.loc[wrong, name].iloc[0]}' is no amount."
        raise ReadError(msg)
    return out.astype(float)


def _class(path: Path, frame: pd.DataFrame, ids: pd.Series) -> pd.Series:
    if "nuisance" not in frame:
        return pd.Series(2, index=frame.index)
    words = frame["nuisance"].str.upper()
    out = words.map(lambda w: 2 if not w else _NUISANCE.get(w, _NUISANCE.get(w[:1], _of_code(w))))
    if out.isna().any():
        bad = out.isna()
        word = frame.loc[bad, "nuisance"].iloc[0]
        msg = f"{path.name}: project {ids[bad].iloc[0]}: class '{word}' is not 一类, 二类 or 三类."
        raise ReadError(msg)
    return out.astype(int)


def _use(path: Path, frame: pd.DataFrame, ids: pd.Series) -> pd.Series:
    """Return the land that each project wants: as its use says, else by its branch (C26, G59), else ""."""
    blank = pd.Series("", index=frame.index)
    word, chain = (frame.get(name, blank) for name in ("use", "chain"))
    branch = chain.where(chain.str.match(r"^[A-Z]\d"), "").str[:1].map(_OF_CHAIN).fillna("")
    found = word.map(lambda w: "" if not w else next((use for key, use in _USE.items() if key in w.lower()), None))
    if found.isna().any():
        bad = found.isna()
        use = frame.loc[bad, "use"].iloc[0]
        msg = f"{path.name}: project {ids[bad].iloc[0]}: use '{use}' is neither 工业 nor 仓储."
        raise ReadError(msg)
    return found.where(found != "", branch)


def _of_code(word: str) -> int | None:
    """Return the class of a land-use code (M2, 100102), whatever its scheme."""
    known = (scheme.find(word) for scheme in schemes().values())
    return next((_NUISANCE[c.meaning.nuisance] for c in known if c and c.meaning.nuisance in _NUISANCE), None)


def _day(path: Path, frame: pd.DataFrame, ids: pd.Series) -> pd.Series:
    if "wanted" not in frame:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ms]")
    out = pd.to_datetime(frame["wanted"].where(frame["wanted"] != "", None), errors="coerce", format="mixed")
    wrong = out.isna() & (frame["wanted"] != "")
    if wrong.any():
        word = frame.loc[wrong, "wanted"].iloc[0]
        msg = f"{path.name}: project {ids[wrong].iloc[0]}: '{word}' is not a date; write 2027-06-30."
        raise ReadError(msg)
    return out.astype("datetime64[ms]")
