"""A portfolio from its files to the board: parks judged each in its zone, then all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from ..._version import __version__
from ...checks import validate
from ...errors import StudyError
from ...plan import Plan, Scenario
from ...read.scenario import read_scenario
from ...read.study import known_keys, toml_table, two_languages
from ...work import Serial
from ..batch import load_scenarios
from ..processes import Processes
from .borders import roads_at_borders
from .figures import MONEY, figures
from .missing import to_bring
from .parks import Park, no_strangers, outline, split
from .readiness import INDICATORS, readiness
from .together import across, division, neighbours_spare, shared_sources
from .variants import Variant, all_fit, judged_under, variants_of

Progress = Callable[[str, int, int], None]
_Part = tuple[str, Scenario, Plan, Any]
"""Name, scenario, plan and outline of a park."""
_KEYS = ("name", "title", "scenarios", "network_crs", "parks", "variants")


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Several parks in one network.

    Parameters
    ----------
    network_crs
        The system for what crosses borders; empty: that of the core park, else of the first.
    given
        By park: figures that no layer holds (money per 亩, value added), each with value and source; and `role`.
    variants
        Edits that every park takes as far as they fit: each park is judged under each of them as well.
    """

    name: str
    scenarios: tuple[Scenario, ...]
    network_crs: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()


def read_portfolio(paths: Sequence[str | Path]) -> Portfolio:
    """Return the portfolio of a PORTFOLIO.toml (a file with `scenarios`), or of several scenario files.

    Raises
    ------
    StudyError
        The file is no TOML, names an unknown key, a scenario twice, or a figure without its source.
    """
    files = [Path(p) for p in paths]
    if len(files) == 1 and "scenarios" in toml_table(files[0], "portfolio"):
        return _from_table(files[0], toml_table(files[0], "portfolio"))
    _once(files)
    scenarios = tuple(read_scenario(p) for p in files)
    alone = len(scenarios) == 1
    return Portfolio(scenarios[0].name if alone else "portfolio", scenarios, title=scenarios[0].title if alone else {})


def _once(files: Sequence[Path]) -> None:
    seen: set[Path] = set()
    for path in files:
        if path.resolve() in seen:
            msg = f"scenario {path.name} is in the portfolio twice; name each park once."
            raise StudyError(msg)
        seen.add(path.resolve())


def _from_table(path: Path, table: Mapping[str, Any]) -> Portfolio:
    known_keys(path, table, _KEYS, "")
    names, given = table["scenarios"], table.get("parks", {})
    if not isinstance(names, list) or not names or not isinstance(given, dict):
        msg = f'{path.name}: scenarios is a list of files, as in scenarios = ["core.toml", "county_a.toml"].'
        raise StudyError(msg)
    files = [path.parent / str(n) for n in names]
    _once(files)
    for park, told in given.items():
        known_keys(path, told, ("role", *MONEY, *(i.key for i in INDICATORS)), f"[parks.{park}]: ")
        for key, value in told.items():
            if key != "role" and not (isinstance(value, dict) and {"value", "source"} <= value.keys()):
                msg = f"{path.name}: [parks.{park}]: {key} needs value and source; a figure without them is not taken."
                raise StudyError(msg)
    scenarios = tuple(read_scenario(file) for file in files)
    title = two_languages(table["title"]) if "title" in table else {}
    return Portfolio(
        name=str(table.get("name", path.stem)),
        scenarios=scenarios,
        network_crs=str(table.get("network_crs", "")),
        title=title,
        given=given,
        variants=variants_of(path, table.get("variants", [])),
    )


def run_portfolio(
    portfolio: Portfolio | Sequence[str | Path], *, progress: Progress | None = None, processes: int = 1
) -> dict[str, Any]:
    """Judge every park in its own coordinate system and all of them together; return the board as plain values.

    The board is the same for any number of `processes` that the parks are spread over.

    Raises
    ------
    StudyError
        A park is there twice, two parks lie continents apart, or the network's coordinate system is none.
    GeoPlannerError
        Anything in a scenario, its layers or its profile that the user can mend.
    """
    chosen = portfolio if isinstance(portfolio, Portfolio) else read_portfolio(portfolio)
    for scenario in chosen.scenarios:
        validate(scenario.rules)
    parts = _parts(chosen)
    crs = _network(chosen, [plan for _, _, plan, _ in parts])
    all_fit(chosen.variants, [plan for _, _, plan, _ in parts])
    executor = Processes(processes) if processes > 1 else Serial()
    judged = executor.map(judged_under, _pieces(parts, chosen.variants, progress))
    parks, variants = [], {}
    for (name, scenario, plan, place), told in zip(parts, judged, strict=True):
        title, role = _title(plan, scenario), _role(plan, chosen.given.get(name, {}))
        parks.append(Park(name, title, role, scenario, plan, told.report, place))
        variants[name] = told.variants
    return _board(chosen, parks, crs) | {"variants": _by_variant(chosen.variants, variants)}


def _pieces(
    parts: Sequence[_Part], variants: tuple[Variant, ...], progress: Progress | None
) -> Iterator[tuple[Plan, Scenario, tuple[Variant, ...]]]:
    for number, (name, scenario, plan, _) in enumerate(parts):
        if progress:
            progress(name, number, len(parts))
        yield plan, scenario, variants


def _by_variant(variants: Sequence[Variant], told: Mapping[str, Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return each variant with what every park comes to under it."""
    return [
        {"name": one.name, "title": dict(one.title), "parks": {park: rows[k] for park, rows in told.items()}}
        for k, one in enumerate(variants)
    ]


def _parts(chosen: Portfolio) -> list[_Part]:
    """Return name, scenario, plan and outline of each park; the same land twice is an error before any is judged."""
    out = []
    for scenario, plan in zip(chosen.scenarios, load_scenarios(chosen.scenarios), strict=True):
        for name, part in split(plan):
            out.append((name, scenario, part, outline(part)))
    no_strangers([(name, place) for name, _, _, place in out])
    if unknown := sorted(set(chosen.given) - {name for name, *_ in out}):
        msg = f"portfolio '{chosen.name}': [parks.{unknown[0]}] is none of its parks ({', '.join(n for n, *_ in out)})."
        raise StudyError(msg)
    return out


def _network(chosen: Portfolio, plans: Sequence[Plan]) -> str:
    cores = [plan.crs for plan in plans if _role(plan, {}) == "core"]
    wanted = chosen.network_crs or (cores or [plans[0].crs])[0]
    try:
        fine = CRS.from_user_input(wanted).is_projected
    except CRSError:
        fine = False
    if not fine:
        msg = f"portfolio '{chosen.name}': network_crs = '{wanted}' is no projected system; write EPSG:4527."
        raise StudyError(msg)
    return wanted


def _role(plan: Plan, given: Mapping[str, Any]) -> str:
    told = plan["parks"]["role"].dropna().tolist() if "parks" in plan else []
    return str(given.get("role") or (told[0] if told else "unknown"))


def _title(plan: Plan, scenario: Scenario) -> str:
    names = plan["parks"]["name"].dropna().tolist() if "parks" in plan else []
    return str(names[0]) if names else scenario.title.get("zh") or plan.name


def _board(chosen: Portfolio, parks: Sequence[Park], crs: str) -> dict[str, Any]:
    boards = []
    for park in parks:
        given = dict(chosen.given.get(park.name, {}))
        board = figures(park, given)
        boards.append(board | {"readiness": readiness(park, board["land_ha"], given), "outline": _rings(park, crs)})
    return {
        "version": __version__,
        "name": chosen.name,
        "title": dict(chosen.title),
        "network_crs": crs,
        "parks": boards,
        "to_bring": to_bring(parks),
        "across": across(parks, crs),
        "roads_at_borders": roads_at_borders(parks, crs),
        "shared_sources": shared_sources(parks, crs),
        "division": division(boards),
        "neighbours": neighbours_spare(boards, parks, crs),
    }


def _rings(park: Park, crs: str) -> list[list[list[float]]]:
    """Return the outer rings of a park in the network's system, simplified for a small map."""
    import geopandas as gpd
    import shapely

    shape = gpd.GeoSeries([park.place], crs=4326).to_crs(crs).iloc[0].simplify(20.0)
    parts = [g for g in shapely.get_parts(shape) if g.geom_type == "Polygon"]
    return [[[round(x, 1), round(y, 1)] for x, y in part.exterior.coords] for part in parts]
