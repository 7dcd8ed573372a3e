"""Files that belong together replace the old ones as one set, whenever their run ends."""

import json
import os
import time
from pathlib import Path

import pytest

from geo_planner.errors import OutputError
from geo_planner.read import file_set
from geo_planner.read.file_set import FileSet, finish_sets, import_set
from tests.harness import kill

DEAD = 99_999_999


def _there(folder):
    return {p.name: p.read_text() for p in sorted(folder.iterdir()) if p.is_file()}


def _old(folder):
    for name in ("plan.gpkg", "plan.recipe.toml", "plan.rejects.gpkg"):
        (folder / name).write_text("old")


def _box(folder, files, name="box", owner=None):
    """A box that is ready to be brought in, or, with an owner, one that a run left there."""
    (folder / name / "new").mkdir(parents=True)
    for file in files:
        (folder / name / "new" / file).write_text("new")
    if owner is not None:
        told = ["plan.gpkg", "plan.recipe.toml", "plan.rejects.gpkg"]
        (folder / name / f"owner_{owner}").write_text(json.dumps(told))
    return folder / name


def test_files_of_the_old_set_that_the_new_one_does_not_have_go(tmp_path):
    _old(tmp_path)
    import_set(tmp_path / "plan.gpkg").replace_by(_box(tmp_path, ["plan.gpkg", "plan.recipe.toml"]))
    assert _there(tmp_path) == {"plan.gpkg": "new", "plan.recipe.toml": "new"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.gpkg", "plan.recipe.toml"]


@pytest.mark.parametrize("held", ["plan.gpkg", "plan.recipe.toml", "plan.rejects.gpkg"])
def test_where_another_program_holds_an_old_file_the_old_set_is_whole_again(tmp_path, monkeypatch, held):
    """As on Windows, where an open file can be neither renamed nor replaced."""
    _old(tmp_path)
    replace = os.replace

    def holding(source, target):
        if Path(source).exists() and tmp_path / held in {Path(source), Path(target)}:
            raise PermissionError(13, "in use by another program")
        replace(source, target)

    monkeypatch.setattr(os, "replace", holding)
    box = _box(tmp_path, ["plan.gpkg", "plan.recipe.toml"])
    with pytest.raises(OutputError, match="the old files are untouched"):
        import_set(tmp_path / "plan.gpkg").replace_by(box)
    assert _there(tmp_path) == dict.fromkeys(("plan.gpkg", "plan.recipe.toml", "plan.rejects.gpkg"), "old")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked child")
def test_a_run_killed_before_any_single_step_leaves_files_of_one_run_and_the_next_reader_finishes(tmp_path):
    files, before = ["plan.gpkg", "plan.recipe.toml"], dict.fromkeys(import_set(Path("plan.gpkg")).others, "old")
    ends, code, step = [], 1, 0
    while code != 0:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        _old(folder)
        _box(folder, files)
        code = kill.wait(kill.start(lambda out, n=step: _replace(out, n), folder, tmp_path / "said"))
        assert len(set(_there(folder).values())) == 1, f"files of two runs after step {step}"
        finish_sets(folder)
        ends.append(_there(folder))
    old, new = before | {"plan.gpkg": "old"}, dict.fromkeys(files, "new")
    assert ends[0] == old
    assert ends[1:] == [new] * (len(ends) - 1)
    assert step > 8  # the box in, two out, two in, and what is left removed


def _replace(folder, step):
    kill.die_before(step)
    import_set(folder / "plan.gpkg").replace_by(folder / "box")


def test_a_run_that_was_killed_after_the_plan_moved_is_finished(tmp_path):
    (tmp_path / "plan.gpkg").write_text("new")
    _box(tmp_path, ["plan.recipe.toml"], ".geo_planner_set_plan.gpkg", DEAD)
    finish_sets(tmp_path)
    assert _there(tmp_path) == {"plan.gpkg": "new", "plan.recipe.toml": "new"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.gpkg", "plan.recipe.toml"]


def test_a_run_that_was_killed_before_the_plan_moved_is_finished(tmp_path):
    _old(tmp_path)
    (tmp_path / "plan.recipe.toml").unlink()  # it had moved out
    _box(tmp_path, ["plan.gpkg", "plan.recipe.toml"], ".geo_planner_set_plan.gpkg", DEAD)
    finish_sets(tmp_path)
    assert _there(tmp_path) == {"plan.gpkg": "new", "plan.recipe.toml": "new"}


def test_a_living_run_is_let_be_until_a_minute_is_over(tmp_path):
    _old(tmp_path)
    box = _box(tmp_path, ["plan.gpkg"], ".geo_planner_set_plan.gpkg", 1)
    finish_sets(tmp_path)
    assert _there(tmp_path)["plan.gpkg"] == "old"
    os.utime(box / "owner_1", (time.time() - 61, time.time() - 61))  # its number belongs to some other process by now
    finish_sets(tmp_path)
    assert _there(tmp_path) == {"plan.gpkg": "new"}


def test_a_writer_waits_for_another_and_says_what_to_remove(tmp_path, monkeypatch):
    monkeypatch.setattr(file_set, "_PATIENCE", 0.05)
    _old(tmp_path)
    _box(tmp_path, ["plan.gpkg"], ".geo_planner_set_plan.gpkg", 1)
    with pytest.raises(OutputError, match=r"another run .* remove \.geo_planner_set_plan\.gpkg"):
        import_set(tmp_path / "plan.gpkg").replace_by(_box(tmp_path, ["plan.gpkg"]))
    assert _there(tmp_path)["plan.gpkg"] == "old"


def test_a_box_in_a_delivery_cannot_remove_or_bring_in_other_files(tmp_path):
    (tmp_path / "roads.shp").write_text("mine")
    box = _box(tmp_path, ["plan.gpkg"], ".geo_planner_set_plan.gpkg", DEAD)
    (box / f"owner_{DEAD}").write_text(json.dumps(["plan.gpkg", "roads.shp", "../up.txt"]))
    finish_sets(tmp_path)
    assert _there(tmp_path) == {"roads.shp": "mine"}


def test_a_box_that_is_or_holds_a_link_is_not_followed(tmp_path):
    away, folder = tmp_path / "away", tmp_path / "in"
    folder.mkdir()
    _box(away, ["plan.gpkg"], "box", DEAD)
    (folder / ".geo_planner_set_plan.gpkg").symlink_to(away / "box")
    inner = folder / ".geo_planner_set_b.gpkg"
    inner.mkdir()
    (inner / "new").symlink_to(away / "box" / "new")
    finish_sets(folder)
    assert (away / "box" / "new" / "plan.gpkg").read_text() == "new"
    assert _there(folder) == {}


def test_the_next_reader_of_a_recipe_finishes_the_set(tmp_path):
    from geo_planner.read.schema.recipe import read_recipe

    (tmp_path / "plan.gpkg").write_text("new")
    box = _box(tmp_path, [], ".geo_planner_set_plan.gpkg", DEAD)
    (box / "new" / "plan.recipe.toml").write_text('[layers.a]\nrole = "parcels"\n')
    assert read_recipe(tmp_path / "plan.recipe.toml")["a"].role == "parcels"


def test_two_sets_in_one_folder_do_not_meet(tmp_path):
    FileSet(tmp_path, "a.gpkg", ("a.recipe.toml",)).replace_by(_box(tmp_path, ["a.gpkg", "a.recipe.toml"]))
    FileSet(tmp_path, "b.gpkg", ("b.recipe.toml",)).replace_by(_box(tmp_path, ["b.gpkg"]))
    assert set(_there(tmp_path)) == {"a.gpkg", "a.recipe.toml", "b.gpkg"}
