"""Bad input of studies: one clear sentence, exit 2, and nothing half written, whichever command meets it."""

from __future__ import annotations

import pytest

from geo_planner.cli import main
from tests.study.small import write_pair, write_park, write_scenario

EDIT = '[[edits]]\nkind = "retime"\nlayer = "parcels"\n'
FAULTS = {
    "missing id": (EDIT + 'id = "Bx"\nvalue = { released = "2010-06-01" }\n', ("no feature 'Bx'", "Did you mean B")),
    "missing by expression": (EDIT + "where = \"code == 'X9'\"\nvalue = { shift_days = 1 }\n", ("no feature", "X9")),
    "two dates": (
        EDIT + 'id = "B"\nvalue = { released = "2010-06-01" }\n' + EDIT + 'id = "B"\nvalue = { released = "2011-06-01" }\n',
        ("two edits of parcels 'B' contradict each other", "2010-06-01", "2011-06-01"),
    ),
    "removed and moved": (
        EDIT + 'id = "B"\nvalue = { shift_days = 5 }\n[[edits]]\nkind = "remove"\nlayer = "parcels"\nid = "B"\n',
        ("two edits of parcels 'B' contradict each other", "one removes it"),
    ),
}  # fmt: skip


def commands(folder, bad):
    """Every command that reads a scenario beside others, with where it would write."""
    base, out = str(folder / "now.toml"), folder / "out"
    study = write_scenario(
        folder / "study.toml",
        f'name = "s"\nbase = "{bad.name}"\nchecks = ["IN303"]\n[[uncertainties]]\nname = "u"\nkind = "date"\n'
        'layer = "parcels"\nrange = [0, 1]\n',
    )
    return {
        "run": ["run", base, str(bad), "-o", str(out)],
        "compare": ["compare", base, str(bad), "-o", str(out / "x.html")],
        "ensemble": ["ensemble", str(study), "--members", "2", "--processes", "1", "-o", str(out)],
        "portfolio": ["portfolio", str(bad), "-o", str(out)],
    }


def refused(capsys, command, out, says):
    capsys.readouterr()
    assert main([*command, "--lang", "en"]) == 2
    error = capsys.readouterr().err.strip()
    assert all(part in error for part in says), error
    assert "\n" not in error
    assert "Traceback" not in error
    assert not out.exists()


@pytest.mark.parametrize("command", ["run", "compare", "ensemble", "portfolio"])
@pytest.mark.parametrize("fault", FAULTS)
def test_an_edit_that_cannot_be_made_is_one_sentence(capsys, tmp_path, fault, command):
    write_pair(tmp_path)
    text, says = FAULTS[fault]
    bad = write_scenario(tmp_path / "bad.toml", 'name = "bad"\nbase = "now.toml"\n' + text)
    refused(capsys, commands(tmp_path, bad)[command], tmp_path / "out", says)


def test_one_park_in_two_scenarios_is_one_sentence(capsys, tmp_path):
    """Two scenarios that stand on one base hold one park; a board of them would count it twice."""
    base, early = write_pair(tmp_path)
    out = tmp_path / "out"
    refused(capsys, ["portfolio", str(base), str(early), "-o", str(out)], out, ("'now' and 'early'", "the same land"))


def test_the_same_scenario_twice_is_one_sentence(capsys, tmp_path):
    base, _ = write_pair(tmp_path)
    out = tmp_path / "out"
    refused(capsys, ["run", str(base), str(base), "-o", str(out)], out, ("two scenarios are named 'now'",))
    refused(capsys, ["portfolio", str(base), str(base), "-o", str(out)], out, ("in the portfolio twice",))


def test_parks_continents_apart_are_one_sentence(capsys, tmp_path):
    """The same numbers read in zone 33 of Europe: a park in Germany beside one in Jiangsu."""
    out, files = tmp_path / "out", []
    for name, crs in (("one", "EPSG:4548"), ("two", "EPSG:32633")):
        write_park(tmp_path / name, crs=crs)
        text = f'name = "{name}"\nlayers = "{name}/parcels.gpkg"\nas_of = 2026-06-30\n'
        files.append(str(write_scenario(tmp_path / f"{name}.toml", text)))
    refused(capsys, ["portfolio", *files, "-o", str(out)], out, ("'one' and 'two'", "km apart", "CRS"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--members", "0"], "between 1 and"),
        (["--members", "4", "--seed", "-1"], "is negative"),
        (["--members", "4", "--processes", "-3"], "processes"),
    ],
)
def test_numbers_that_make_no_ensemble_are_one_sentence(capsys, tmp_path, options, says):
    base, _ = write_pair(tmp_path)
    command = commands(tmp_path, base)["ensemble"][:2] + options
    if "--processes" not in options:
        command += ["--processes", "1"]
    refused(capsys, [*command, "-o", str(tmp_path / "out")], tmp_path / "out", (says,))
