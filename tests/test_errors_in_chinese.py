"""Every error a user can mend is told in Chinese too: the sites that raise one are walked, and commands are run wrongly."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import geo_planner.errors as tree
from geo_planner.cli import main
from geo_planner.lang.errors import error_zh, sentences
from tests.one_language import chinese_in, english_in

ROOT = Path(__file__).parents[1] / "geo_planner"
ERRORS = {
    name for name, one in vars(tree).items() if isinstance(one, type) and issubclass(one, tree.GeoPlannerError)
} - {"MissingExtraError"}
TABLE = dict(sentences())
IN_CRS = "coordinate system|Candidates: |^{} does not say where it lies"
"""What `lang.crs` tells; its own tests hold it."""
RELAYED = {"{}{}", "{}: {}{}.{}"}
"""Sites that pass on a text made elsewhere."""


def _template(node: ast.expr | None, held: dict[str, str | None] | None = None) -> str | None:
    """The text of an expression with `{}` for its values, names taken from `held`; None where it is no text."""
    held = held or {}
    if isinstance(node, ast.Name):
        return held.get(node.id)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_template(node.left, held) or "{}") + (_template(node.right, held) or "{}")
    return None


def _makes_an_error(call: ast.Call) -> bool:
    """Whether the call makes one of the errors, raised here or handed to whoever raises it."""
    return getattr(call.func, "id", "") in ERRORS


def _collects(call: ast.Call, function: ast.FunctionDef) -> bool:
    """Whether the call adds a sentence to the faults that are raised together."""
    return function.name == "faults" and getattr(call.func, "attr", "") == "append"


def _raised() -> dict[str, str]:
    """Each sentence that some site raises, with the place."""
    out = {}
    for path in sorted(ROOT.rglob("*.py")):
        if "qgis_plugin" in path.parts:
            continue
        for function in (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)):
            texts = {}
            for node in sorted((n for n in ast.walk(function) if hasattr(n, "lineno")), key=lambda n: n.lineno):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    texts[node.targets[0].id] = _template(node.value)
                if isinstance(node, ast.Call) and node.args and (_makes_an_error(node) or _collects(node, function)):
                    text = _template(node.args[0], texts)
                    if text and re.search("[a-z]{3}", text):
                        out[text] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return out


def test_the_walk_sees_the_sites():
    found = _raised()
    assert len(found) > 330
    assert "there is no scenario file {}.{}" in found


def test_every_sentence_that_is_raised_has_its_chinese():
    missing = {t: at for t, at in _raised().items() if t not in TABLE and t not in RELAYED and not re.search(IN_CRS, t)}
    assert missing == {}


WORDS = {
    "BA", "BD", "CAD", "COORDINATES", "CRS", "CSV", "Chromium", "DWG", "DXF", "Dask", "EPSG", "Esri", "Excel",
    "FIELD", "FILE", "FOLDER", "FS", "File", "GB", "zh", "on", "scenarios", "pmtiles", "GDAL", "GeoJSON", "GeoPackage", "GeoParquet", "GeoTIFF",
    "Geodatabase", "INP", "JPEG", "JUNCTIONS", "KB", "KEY", "LIST", "MB", "MS", "NAME", "PIPES", "PMTiles", "PNG",
    "Primavera", "Project", "SS", "TASK", "TOML", "TopoJSON", "UG", "UTF", "WKT", "WebP", "X", "XER", "XML", "Y",
    "YDXZ", "YYYY", "add", "approvals", "as", "as_of", "band", "base", "bd", "cache", "calendars", "checks", "cn",
    "code", "column", "columns", "compare", "complete", "constraint", "contents", "core", "county", "crews", "crs",
    "csv", "dask", "days", "dbf", "defaults", "delay", "delays", "digest", "distribution", "duration", "ecology",
    "edits", "en", "exemptions", "extends", "false", "far", "features", "filled", "findings", "fingerprint",
    "finish", "format", "gas", "gcj", "geo", "geometry", "gov", "gpkg_contents", "graded", "heat", "high", "html",
    "http", "id", "inp", "install", "json", "kind", "landcover", "lat", "layer", "layers", "least", "level",
    "levers", "limits", "list", "lognormal", "lon", "low", "map", "mapping", "marks", "member", "min_overlap",
    "mode", "multipatch", "my", "name", "network", "none", "o", "off", "parcels", "parks", "pdf", "percent", "pip",
    "pipes", "plan", "planner", "power", "predecessors", "primary", "projects", "py", "python", "range", "report",
    "required", "reshape", "resume", "review", "risk", "scenario", "layout", "sample", "schedule", "scheduler", "scheme", "school",
    "seed", "server", "set", "sewage", "shape", "shift", "shifted", "shp", "source", "start", "sure", "tab",
    "task", "tfw", "tianditu", "title", "to", "toml", "triangular", "true", "type", "uncertainties", "unit",
    "used", "valid", "valid_from", "value", "values", "variants", "verdict", "water", "week", "what", "where",
    "xer", "xplan", "y", "z", "median", "shared", "spread", "strict", "contractor", "contractors",
}  # fmt: skip
"""What a user types, and names of programs and formats: the same in both languages."""


def test_the_chinese_holds_no_english_but_what_a_user_types():
    strange = {}
    for zh in TABLE.values():
        bare = re.sub(r"\[[^\]]*\]|'[^']*'|\"[^\"]*\"|[A-Za-z_]+ = \S+|--[a-z-]+|[A-Za-z]+_[A-Za-z_]+", " ", zh)
        if left := english_in(bare) - WORDS:
            strange[zh] = left
    assert strange == {}


def test_the_english_holds_no_chinese_sentence():
    assert {en for en in TABLE if re.search("[，。；：！？]", en)} == set()


@pytest.mark.parametrize("en", sorted(TABLE))
def test_each_sentence_is_found_again_with_its_values(en):
    values = iter(f"V{number}" for number in range(1, 20))
    text = re.sub(r"\{\}", lambda _: next(values), en)
    zh = error_zh(text)
    assert re.findall(r"V\d+", zh) == re.findall(r"V\d+", text)
    assert re.search("[\u4e00-\u9fff]", zh) or "[[variants]]" in en


def _wrong(folder: Path) -> dict[str, list[str]]:
    bad = folder / "bad.toml"
    bad.write_text("= no", encoding="utf-8")
    odd = folder / "odd.toml"
    odd.write_text('name = "odd"\nlayerz = "x"\n', encoding="utf-8")
    rules = folder / "rules.toml"
    rules.write_text('[ST706.table]\nvalue = ["221.half_width = 20"]\nunit = "m"\nsource = "s"\n', encoding="utf-8")
    sheet = folder / "tasks.xer"
    sheet.write_text("nothing", encoding="utf-8")
    plans = Path(__file__).parents[1] / "scenarios"
    return {
        "run nothing": ["run", str(folder / "none.toml")],
        "no toml": ["run", str(bad)],
        "unknown key": ["run", str(odd)],
        "no layer": ["check", str(folder / "nothing.shp")],
        "profile": ["check", str(folder), "--profile", "chinaa"],
        "diff": ["profile", "diff", "china", str(bad)],
        "explain": ["explain", "XX999"],
        "band": ["propose", str(plans / "susu_base.toml"), "--what", "layout", "--band", "ecology"],
        "what": ["propose", str(plans / "susu_base.toml"), "--what", "roads"],
        "pack": ["rules", str(folder), "--pack", "nobody"],
        "compare": ["compare", str(plans / "susu_base.toml"), "-o", str(folder / "x.html")],
    }


CASES = (
    "run nothing",
    "no toml",
    "unknown key",
    "no layer",
    "profile",
    "diff",
    "explain",
    "band",
    "what",
    "pack",
    "compare",
)


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_command_is_told_in_the_readers_language(case, tmp_path, capsys):
    argv = _wrong(tmp_path)[case]
    own = {str(tmp_path), *argv, "bad", "odd", "rules", "nobody"}
    assert main(argv) == 2
    zh = capsys.readouterr().err
    assert re.search("[\u4e00-\u9fff]", zh), zh
    assert english_in(re.sub(r"\S*[/\\\\]\S*|'[^']*'|“[^”]*”", " ", zh), own) - WORDS - KNOWN == set(), zh
    assert main(["--lang", "en", *argv]) == 2, "every command takes --lang before its name"
    assert chinese_in(capsys.readouterr().err.replace(str(tmp_path), "")) == set()


KNOWN = {"china", "jiangsu", "park", "works", "kjghyd", "tdlygh", "topology", "layout", "swap", "facilities", "siting",
         "extension", "phasing", "layerz", "layers", "propose"}  # fmt: skip
"""Names of shipped profiles, packs and proposals."""
