"""The inventory of standards is complete: every clause has a state, every citation is in it, every rule exists."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from geo_planner.checks import load
from geo_planner.checks.inventory import Standard, clauses_of, standard, standards
from geo_planner.errors import ProfileError
from geo_planner.plan import Profile

FILES = [f for f in (resources.files("geo_planner") / "profiles" / "inventory").iterdir() if f.name.endswith(".toml")]


def cited() -> list[tuple[str, str, str, str]]:
    rules = load()
    numbers = {code: check.thresholds(Profile(name="test")) for code, check in rules.items()}
    return [(c, n, t.source, t.clause) for c, given in numbers.items() for n, t in given.items() if t.clause]


def holders(source: str, clause: str) -> list[Standard]:
    text = source + clause
    return [s for s in standards().values() if any(name.rsplit("-", 1)[0] in text for name in s.names)]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_every_clause_has_exactly_one_state(file):
    for clause in tomllib.loads(file.read_text(encoding="utf-8"))["clause"]:
        states = [k for k in ("checked_by", "not_checkable", "todo") if k in clause]
        assert len(states) == 1, clause["id"]
        assert set(clause["title"]) == {"zh", "en"}


def test_every_rule_named_in_the_inventory_exists():
    named = {code for s in standards().values() for c in s.clauses for code in c.checked_by}
    assert named - set(load()) == set()


@pytest.mark.parametrize(("code", "name", "source", "clause"), cited(), ids=lambda x: str(x)[:40])
def test_every_clause_a_number_cites_is_in_the_inventory(code, name, source, clause):
    known = {c.id for s in holders(source, clause) for c in s.clauses} | {
        x for s in holders(source, clause) for c in s.clauses for x in c.cited_as
    }
    assert clause in known, f"{code}.{name} cites {clause} of {source}: add the clause to profiles/inventory"


def test_a_standard_is_found_by_any_of_its_names():
    assert standard("GB50289").key == standard("gb50289").key == standard("GB 50289-2016").key == "gb50289"
    assert standard("国土资发〔2008〕24号").key == "industry2023"


def test_an_unknown_standard_names_the_near_ones():
    with pytest.raises(ProfileError, match="GB 50289"):
        standard("GB 50298-2016")


def test_coverage_is_counted_honestly():
    one = standard("GB 50289")
    states = [one.count(s) for s in ("checked", "not_checkable", "todo")]
    assert sum(states) == len(one.clauses)
    assert [c.id for c in one.clauses if c.state == "todo"] == ["4.1.1", "4.1.4", "4.1.5", "5.0.1"]


def test_a_rule_knows_its_clauses():
    assert [(s.key, c.id) for s, c in clauses_of("ST704")] == [("gb50289", "4.1.14")]
