"""Land-use codes among the fields of a bureau, and the scheme that they belong to; what is doubtful is said.

A field is a code only where its name and its values both speak for it: serial numbers (A1, A2, A3), grades (M, H, A)
and addresses of files look like codes to whoever reads values alone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...plan import landuse
from ...plan.plan import Note
from ..notes import note

_EXPLAINED = 0.95
"""Share of the area that a scheme has to explain before its codes are read by it."""

_HALF = 0.5
"""Share of the area below which not even a field that is named as the code is believed; above, IM406 doubts."""

_TELLING = re.compile(
    r"代码|编码|用地|地类|性质|图层|CODE|ZONE|ZONING|LAND_?USE|LAYER|YDXZ|YDDM|YDLX|DLDM|DLBM|^YD|TC(MC)?$|(?<![A-Z])LU(?![A-Z])",
    re.IGNORECASE,
)
"""What the name of a field must have in it before its values are looked at as codes."""

_LETTERED = re.compile(r"^[A-Z]{1,2}\d{0,3}[A-Z]?(?:[A-Z]\d{1,2}){0,3}(?:[/+、(（][A-Z0-9/+、()（）]*)?$")
_JOINED = re.compile(r"^(?:[A-Z]\d{1,2}){2,}$")
"""Codes of a mixed use written without a mark between them, as R2B1."""

_BESIDE = re.compile(
    r"^(?:([A-Z]{1,2}\d{0,3}|\d{2,6}[A-Z]?)[\s\-_:]*([\u4e00-\u9fff].*)|([\u4e00-\u9fff].*?)[\s\-_:]*[(\[【]?([A-Z]{1,2}\d{0,3}|\d{2,6}[A-Z]?)[)\]】]?)$"
)
"""A code and its name in one value: M1一类工业用地, 一类工业用地(M1)."""

_SERIAL = re.compile(r"^(\D{0,8}?)0*(\d{1,9})$")
_FEWEST_SERIAL = 3


def code_field(frame: gpd.GeoDataFrame, fields: list[str]) -> tuple[dict[str, str], list[Note]]:
    """Return {"code": field} for the field whose name and values both speak of GB 50137, and what was not taken.

    Drawings leave their codes in `Layer`. A field that only looks like codes is named as a doubt and left as it is.
    """
    doubts: list[Note] = []
    for field in fields:
        if str(frame[field].dtype) not in {"str", "object"}:
            continue
        values = frame[field].dropna().astype("str").map(landuse.tidy)
        values = values[values != ""]
        if not 2 <= values.nunique() <= 200 or not values.map(lambda v: bool(_LETTERED.match(v))).mean() >= _EXPLAINED:
            continue
        share = explained(values, pd.Series("gb50137", index=values.index), frame)
        if share < _EXPLAINED:
            continue
        if not _TELLING.search(field) or is_serial(values, fewest=_FEWEST_SERIAL):
            doubts.append(note("IM416", len(values), {"field": field}, example=", ".join(values.unique()[:3])))
            continue
        return {"code": field}, doubts
    return {}, doubts


def code_beside_name(columns: dict[str, pd.Series], field: str) -> list[Note]:
    """Part names of use that carry their code, as 一类工业用地（M1） does, into code and name; said."""
    names = columns.get("code_name")
    if names is None or "code" in columns or names.isna().all():
        return []
    found = {n: _BESIDE.match(unicodedata.normalize("NFKC", n).strip()) for n in names.dropna().unique()}
    rows = names.dropna().map({n: bool(m) for n, m in found.items()})
    codes = {n: (m.group(1) or m.group(4)) for n, m in found.items() if m}
    if rows.mean() < _EXPLAINED or not codes or not landuse.detect(codes.values())[0]:
        return []
    columns["code"] = names.map(codes).astype("str")
    columns["code_name"] = names.map({n: (m.group(2) or m.group(3)) if m else n for n, m in found.items()}).astype(
        "str"
    )
    return [note("IM426", int(rows.sum()), {"field": field or "code_name"}, example=str(names.dropna().iloc[0]))]


def codes_as_names(columns: dict[str, pd.Series], field: str) -> list[Note]:
    """Part codes from a column that holds names of use in some rows and codes in others; said."""
    names = columns.get("code_name")
    if names is None or "code" in columns:
        return []
    clean = names.map({n: landuse.tidy(n) for n in names.dropna().unique()})
    form = {c: bool(_LETTERED.match(c) or re.fullmatch(r"\d{4,8}[A-Z]?", c)) for c in clean.dropna().unique()}
    rows = clean.map(form).fillna(False).astype(bool)
    if not rows.any() or rows[names.notna()].all() or not landuse.detect(clean[rows].unique())[1]:
        return []
    if max(landuse.detect(clean[rows].unique())[1].values()) < _EXPLAINED:
        return []
    columns["code"] = clean.where(rows).astype("str")
    columns["code_name"] = names.mask(rows)
    return [note("IM435", int(rows.sum()), {"field": field or "code_name"}, example=str(names[rows].iloc[0]))]


def is_serial(values: pd.Series, *, fewest: int) -> bool:
    """Whether values number rows: nearly all different, and for each beginning a run of whole numbers without holes."""
    words = values.dropna().astype("str")
    if len(words) < fewest or words.nunique() < 0.9 * len(words):
        return False
    found = words.drop_duplicates().str.extract(_SERIAL).dropna()
    if len(found) < 0.9 * words.nunique():
        return False
    numbers = found[1].astype(float).groupby(found[0]).agg(["min", "max", "count"])
    long = numbers[numbers["count"] >= _FEWEST_SERIAL]
    holes = (long["max"] - long["min"] + 1 - long["count"]).sum()
    return bool(long["count"].sum() >= 0.9 * len(found) and holes <= 0.1 * len(found))


def explained(codes: pd.Series, scheme: pd.Series, frame: gpd.GeoDataFrame, own: landuse.Own = landuse.NONE) -> float:
    """Return the share of the area (of the rows, where shapes have none) whose code its scheme knows."""
    areas = np.asarray(shapely.area(frame.geometry.reindex(codes.index).array), float)
    weight = areas if np.nansum(areas) > 0 else np.ones(len(codes))
    known = landuse.classify(codes, scheme, own)["reason"].isna().to_numpy()
    return float(np.nansum(weight[known]) / np.nansum(weight)) if len(codes) else 0.0


def land_use(
    columns: dict[str, pd.Series], frame: gpd.GeoDataFrame, field: str, own: landuse.Own = landuse.NONE
) -> list[Note]:
    """Fill `scheme` where the codes (and the names beside them) leave no doubt, and say what was found.

    A running number that calls itself a code is moved out of `code` and said. `own` are schemes of one's own.
    """
    codes = columns.get("code")
    if codes is None or codes.isna().all():
        return []
    notes = []
    clean = codes.map({c: landuse.tidy(c) or None for c in codes.dropna().unique()}).astype("str")
    if "scheme" not in columns and is_serial(clean, fewest=5):
        columns["code_source"] = columns.pop("code")
        return [
            note("IM416", int(clean.notna().sum()), {"field": field or "code"}, example=str(clean.dropna().iloc[0]))
        ]
    tidied = int((clean.notna() & (clean != codes)).sum())
    columns["code"] = clean
    if tidied:
        notes.append(note("IM405", tidied, {"field": "code"}))
    scheme = columns.get("scheme", pd.Series(None, index=frame.index, dtype="str"))
    open_rows = scheme.isna() & clean.notna()
    if open_rows.any():
        scheme, said = _filled(scheme, open_rows, (clean, columns.get("code_name"), own), frame)
        notes += said
    columns["scheme"] = scheme
    judged = landuse.classify(clean, scheme, own)
    lost = clean.notna() & (judged["code"] == "0" + clean.fillna(""))
    if lost.any():  # what a column of numbers did to 0601
        columns["code"] = clean.where(~lost, judged["code"]).astype("str")
        notes.append(note("IM427", int(lost.sum()), {"field": field or "code"}, example=str(clean[lost].iloc[0])))
    return notes + _code_notes(clean, judged, scheme)


def _filled(
    scheme: pd.Series, rows: pd.Series, texts: tuple[pd.Series, pd.Series | None, landuse.Own], frame: gpd.GeoDataFrame
) -> tuple[pd.Series, list[Note]]:
    """Return the schemes with the open rows filled, where one scheme knows nearly all of the codes."""
    codes, count = texts[0][rows], int(rows.sum())
    name, why = scheme_of(codes, texts[1], texts[2])
    if name is None:
        return scheme, [note("IM408", count, {"why": why})]
    share = explained(codes, pd.Series(name, index=codes.index), frame, texts[2])
    if share < _HALF:
        return scheme, [note("IM408", count, {"why": f"{why}; {name} explains {share:.0%} of the area"})]
    notes = [note("IM407", count, {"scheme": name, "why": why})]
    if len(codes.unique()) == 1 and len(codes) > 1 and texts[1] is None:
        notes.append(note("IM417", count, {"scheme": name, "code": codes.iloc[0]}))
    return scheme.mask(rows, name).astype("str"), notes


def _code_notes(clean: pd.Series, judged: pd.DataFrame, scheme: pd.Series) -> list[Note]:
    unknown = judged["reason"] == "unknown_code"
    notes = []
    if unknown.any():
        which = clean[unknown]
        notes.append(
            note("IM406", int(unknown.sum()), {"scheme": str(scheme[unknown].iloc[0])}, example=str(which.iloc[0]))
        )
    mixed = clean.dropna()
    mixed = mixed[mixed.map({c: landuse.first_code(c) != c or bool(_JOINED.match(c)) for c in mixed.unique()})]
    if len(mixed):
        notes.append(note("IM413", len(mixed), {}, example=str(mixed.iloc[0])))
    return notes


def scheme_of(codes: pd.Series, names: pd.Series | None, own: landuse.Own) -> tuple[str | None, str]:
    """Return the scheme of the codes and the evidence; names beside the codes settle what digits alone cannot."""
    counts = codes.value_counts().clip(upper=50)  # a rare odd code must not outvote the many
    words: np.ndarray[Any, Any] = counts.index.to_numpy(dtype=object)
    plausible = np.array([_is_code(w, own) for w in words], bool)
    name, shares = landuse.detect(np.repeat(words, counts.to_numpy()), own)
    table = ", ".join(f"{k} {v:.0%}" for k, v in sorted(shares.items(), key=lambda p: -p[1]) if v > 0) or "none"
    if counts.to_numpy()[plausible].sum() < 0.9 * counts.sum():
        odd = f"{int((~plausible).sum())} of {len(words)} values"
        return None, f"{odd} have not the form of a code, as {words[~plausible][0][:20]}"
    if name is not None:
        return name, f"codes known: {table}"
    fitting = [k for k, v in shares.items() if v >= 0.9]
    if names is None or not fitting:
        return None, f"codes known: {table}"
    pairs = pd.DataFrame({"code": codes, "name": names.reindex(codes.index)}).dropna().drop_duplicates()
    score = {k: _agreement(pairs, k, own) for k in fitting}
    best = sorted(score, key=lambda k: -score[k])
    if len(pairs) and score[best[0]] >= 0.5 and (len(best) == 1 or score[best[0]] > score[best[1]] + 0.1):
        return best[0], f"codes known: {table}; {score[best[0]]:.0%} of the names agree"
    return None, f"codes known: {table}; the names do not settle it"


def _is_code(word: str, own: landuse.Own) -> bool:
    """Whether a text has the form of a land-use code: few letters and digits, or a class of a scheme."""
    first = landuse.first_code(word)
    known = any(first in one.classes for one in landuse.schemes(own).values())
    return known or bool(_LETTERED.match(word)) or bool(re.fullmatch(r"\d{2,8}[A-Z]?", first))


def _agreement(pairs: pd.DataFrame, scheme: str, own: landuse.Own) -> float:
    if not len(pairs):
        return 0.0
    said = landuse.classify(pairs["code"], pd.Series(scheme, index=pairs.index), own)["zh"].fillna("")
    same = [bool(zh) and (zh in name or name in zh) for zh, name in zip(said, pairs["name"], strict=True)]
    return float(np.mean(same))
