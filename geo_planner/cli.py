"""The front door: parses, calls one public function, prints, exits.

Results go to stdout, talk and progress bars to stderr. Exit codes: 0 clean, 1 findings, 2 wrong use or input, 3 a fault
of ours. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import lang as words
from ._version import __version__
from .errors import GeoPlannerError, ProfileError, did_you_mean

if TYPE_CHECKING:
    from .plan import Plan, Report
    from .show import Extras

app = typer.Typer(
    name="geo-planner", no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    help="Is the park built in the right order and balance? 三先三后与三生平衡审查。",
)  # fmt: skip


Lang = Annotated[words.Lang, typer.Option("--lang", help="Language of sentences: zh or en.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress, no talk.")]
Out = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write.")]
Sources = Annotated[list[Path], typer.Argument(metavar="SRC…", help="Files, folders of layers, or a plan.")]
ProfileName = Annotated[str, typer.Option("--profile", help="Shipped profile or a TOML file.")]
Base = Annotated[str | None, typer.Option("--base", help="Base map: a .tif, .png, .jpg or .pmtiles file, tianditu:KEY, or a tile address.")]
Crs = Annotated[str | None, typer.Option("--crs", help="Coordinate system of layers that name none, as EPSG:4527.")]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the text of an error is one sentence, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        result = app(list(argv) if argv is not None else None, standalone_mode=False)
    except GeoPlannerError as error:
        _say(words.printable(str(error)))
        return 2
    except (typer.Abort, KeyboardInterrupt):
        _say("stopped / 已中止")
        return 2
    except BrokenPipeError:
        return 0
    except typer.TyperException as error:
        show = getattr(error, "show", None)
        show() if show else _say(str(error))
        return 2
    except Exception as fault:
        _say(words.printable(f"this is a fault of geo-planner, not of your data: {type(fault).__name__}: {fault}"))
        return 3
    return result if isinstance(result, int) else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)


@contextmanager
def _progress(*, quiet: bool, title: str) -> Iterator[Callable[[str, int, int], None] | None]:
    """Yield a progress callback that draws a bar on stderr; None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[step]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, step="")
        yield lambda step, done, total: bar.update(task, completed=done, total=total, step=step)


@app.command()
def run(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.toml).")],
    output: Out = None,
    review: Annotated[list[Path] | None, typer.Option("--review", help="Reviews to bring back in.")] = None,
    report: Annotated[list[str] | None, typer.Option("--report", help="Dossier too: docx, xlsx, pdf or html.")] = None,
    fixes: Annotated[Path | None, typer.Option("--fixes", help="A scenario whose edits are shown as proposals.")] = None,
    base: Base = None,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Read, judge and map a scenario into DIR (default maps/NAME/).  In Python: geo_planner.run_scenario(path)."""
    from .read.scenario import read_scenario
    from .show import Extras
    from .study.run import fixes_of, run_scenario

    chosen = read_scenario(scenario)
    proposed = fixes_of(chosen, fixes) if fixes else ()
    with _progress(quiet=quiet, title=scenario.name) as progress:
        judged = run_scenario(chosen, progress=progress)
    extras = Extras(base=base, fixes=proposed, reports=tuple(report or ()))
    out = output or Path("maps") / judged.scenario.name
    return _finish(judged.plan, judged.report, out, lang, as_json, quiet, extras, review or ())


@app.command()
def check(
    sources: Sources,
    output: Out = None,
    profile: ProfileName = "china",
    crs: Crs = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Checks or families: UG204, ug.")] = None,
    scheme: Annotated[list[Path] | None, typer.Option("--scheme", help="A land-use scheme of your own (.csv).")] = None,
    base: Base = None,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge layers as they are and map them into DIR.  In Python: geo_planner.check(geo_planner.read_plan(sources))."""
    from .checks import run as judge
    from .checks import validate
    from .plan.landuse import adopt
    from .read import read_plan
    from .read.profile import read_profile, read_scheme
    from .show import Extras

    for own in scheme or ():
        adopt(read_scheme(own))
    rules = read_profile(profile)
    validate(rules)
    name = _name_of(sources)
    with _progress(quiet=quiet, title=name) as progress:
        plan = read_plan(sources, name=name, crs=crs)
        report = judge(plan, rules, only=only or (), progress=progress)
    return _finish(plan, report, output or Path("maps") / name, lang, as_json, quiet, Extras(base=base))


def _name_of(sources: Sequence[Path]) -> str:
    return sources[0].resolve().stem or "plan"


def _finish(
    plan: Plan, report: Report, out: Path, lang: words.Lang, as_json: bool, quiet: bool, extras: Extras,
    reviews: Sequence[Path] = (),
) -> int:
    """Write the outputs, print the verdict, and return the exit code of a report."""
    from .show import write_outputs
    from .show.results import report_json
    from .show.sheets.terminal import print_verdict

    if reviews:
        from .study.review import with_reviews

        report = with_reviews(report, list(reviews))
    written = write_outputs(plan, report, out, lang=lang, extras=extras)
    if as_json:
        print(json.dumps(report_json(report), ensure_ascii=False))
    else:
        print_verdict(report, lang)
        if not quiet:
            _say(("已写入：" if lang == "zh" else "written: ") + "  ".join(str(p) for p in written))
    return _exit_code(report)


def _exit_code(report: Report) -> int:
    if any(r.outcome == "crashed" for r in report.runs):
        return 3
    return 1 if report.count("error") or report.count("warning") else 0


@app.command()
def read(
    sources: Sources,
    output: Annotated[Path, typer.Option("-o", "--output", help="The plan to write (.gpkg).")],
    crs: Crs = None,
    accept: Annotated[bool, typer.Option("--accept", help="Apply the best guess of each doubtful CRS.")] = False,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding of the tables, as gb18030.")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", help="FIELD=column, as YDXZ=code.")] = None,
    recipe: Annotated[Path | None, typer.Option("--recipe", help="Replay a saved import recipe.")] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="Read only the layer of this name.")] = None,
    gcj02: Annotated[list[str] | None, typer.Option("--from-gcj02", help="Layer (or *) whose GCJ-02 shift is undone.")] = None,
    bd09: Annotated[list[str] | None, typer.Option("--from-bd09", help="Layer (or *) whose BD-09 shift is undone.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse instead of guessing.")] = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Turn what a bureau sends into a plan, with an import report.  In Python: geo_planner.read.import_layers(sources)."""
    from .read import ReadOptions, import_layers, import_report, import_table

    shifted = dict.fromkeys(gcj02 or [], "gcj02") | dict.fromkeys(bd09 or [], "bd09")
    options = ReadOptions(
        crs=crs, accept=accept, encoding=encoding, mapping=_mapping(mapping or []), recipe=recipe, layer=layer, strict=strict,
        shifted=shifted,  # type: ignore[arg-type]  # the two words of Datum
    )  # fmt: skip
    with _progress(quiet=quiet, title=_name_of(sources)):
        result = import_layers([_with_role(s) for s in sources], options=options)
        if result.outcome != "refuse":
            from .show.files import write_import

            write_import(result, output)
    if as_json:
        print(json.dumps(import_report(result), ensure_ascii=False))
    else:
        for line in import_table(result, lang):
            print(words.printable(line))
    refused = result.outcome == "refuse" or (strict and result.outcome in {"warn", "repair"})
    return 2 if refused else 0


def _with_role(source: Path) -> Path | tuple[str, Path]:
    """Return a source, with the layer it is to be taken as where it is written as role=path."""
    role, sign, path = str(source).partition("=")
    return (role, Path(path)) if sign and role.isidentifier() and not source.exists() else source


def _mapping(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            msg = f"--map {pair!r} must be FIELD=column, as in --map YDXZ=code."
            raise GeoPlannerError(msg)
    return dict(pair.split("=", maxsplit=1) for pair in pairs)


@app.command(name="map")
def map_(
    source: Annotated[Path, typer.Argument(metavar="SRC|report.json", help="Layers, a plan, or a report.json.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write (.html).")],
    crs: Crs = None,
    profile: ProfileName = "china",
    base: Base = None,
    lang: Lang = "zh",
    quiet: Quiet = False,
) -> int:
    """Draw layers, or a report that was written before, as one self-contained page.  In Python: geo_planner.write_map."""
    from .show import Extras, write_map

    if source.suffix.lower() == ".json":
        from .show.results import read_report

        plan, report = read_report(source)
    else:
        from .checks import run as judge
        from .read import read_plan
        from .read.profile import read_profile

        plan = read_plan([source], name=_name_of([source]), crs=crs)
        report = judge(plan, read_profile(profile))
    write_map(plan, report, output, lang=lang, extras=Extras(base=base))
    if not quiet:
        _say(str(output))
    return 0


@app.command()
def rules(
    profile: ProfileName = "china",
    standard: Annotated[str | None, typer.Option("--standard", help="Coverage of one standard, as GB50289.")] = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> int:
    """List every rule with its numbers, or what of a standard is checked.  In Python: geo_planner.checks.rules_of(profile)."""
    from .checks import rules_of, validate
    from .read.profile import read_profile
    from .show.sheets.rules import rule_json, rule_lines

    if standard:
        from .checks.inventory import standard as standard_named
        from .show.sheets.rules import coverage_json, coverage_lines

        one = standard_named(standard)
        print(json.dumps(coverage_json(one), ensure_ascii=False) if as_json else "\n".join(coverage_lines(one, lang)))
        return 0
    chosen = read_profile(profile)
    validate(chosen)
    listed = rules_of(chosen)
    if as_json:
        print(json.dumps([rule_json(r) for r in listed.values()], ensure_ascii=False, default=str))
    else:
        print("\n".join(rule_lines(listed.values(), lang)))
    return 0


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="A check or an import note, as UG204.")],
    profile: ProfileName = "china",
    lang: Lang = "zh",
    as_json: Json = False,
) -> int:
    """Print the words and numbers of a check or an import note.  In Python: geo_planner.checks.load()[code]."""
    from .checks import load
    from .read.facts.notes import note_texts
    from .read.profile import read_profile
    from .show.sheets.rules import explained, rule_json

    known = load()
    wanted = code.upper()
    if note := note_texts().get(wanted):
        print(f"{note.code} ({note.severity})\n{note.zh if lang == 'zh' else note.en}\n{note.advice}")
        return 0
    if wanted not in known:
        msg = f"there is no check or note '{code}'." + did_you_mean(wanted, [*known, *note_texts()])
        raise ProfileError(msg)
    rule = known[wanted].rule(read_profile(profile))
    if as_json:
        print(json.dumps(rule_json(rule), ensure_ascii=False, default=str))
        return 0
    print("\n".join(explained(rule, lang)))
    return 0


@app.command()
def schedule(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.toml).")],
    repair: Annotated[bool, typer.Option("--repair", help="Find the least change that keeps every rule.")] = False,
    mode: Annotated[str, typer.Option("--mode", help="least: smallest weighted shift; delay: nothing moves earlier.")] = "least",
    today: Annotated[str | None, typer.Option("--today", help="What began before stays; default: the scenario's as_of.")] = None,
    dates: Annotated[Path | None, typer.Option("--dates", help="Dates from a schedule: .csv, .xlsx, .xml or .xer.")] = None,
    risk: Annotated[bool, typer.Option("--risk", help="10,000 draws of delays: which parcels open too early.")] = False,
    output: Out = None,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Critical path, broken rules, and with --repair the least change.  In Python: geo_planner.schedule_plan(plan)."""
    from .read.scenario import read_scenario
    from .schedule import Options, schedule_plan
    from .show.sheets.programme import schedule_json, schedule_lines, write_schedule
    from .study.dates import delay_risk, with_schedule
    from .study.run import load_scenario

    if mode not in {"least", "delay"}:
        msg = f"--mode {mode!r} is unknown; it is least or delay."
        raise GeoPlannerError(msg)
    chosen = read_scenario(scenario)
    with _progress(quiet=quiet, title=scenario.name):
        plan = load_scenario(chosen)
        if dates:
            plan, joined = with_schedule(plan, dates)
            lone = ", ".join(joined.tasks_left["id"].head(8).astype(str))
            _say(words.printable(f"{dates.name}: {len(joined.pairs)} tasks joined, {len(joined.tasks_left)} not: {lone}"))
        done = schedule_plan(plan, chosen.rules, Options(today=today, repair=repair, mode="delay" if mode == "delay" else "least"))
        out = output or Path("maps") / chosen.name
        written = write_schedule(done, chosen, out, delay_risk(plan) if risk else None)
    if as_json:
        print(json.dumps(schedule_json(done), ensure_ascii=False))
    else:
        print("\n".join(words.printable(line) for line in schedule_lines(done, lang)))
        if not quiet:
            _say("  ".join(str(p) for p in written))
    return 1 if done.open or done.why is not None or len(done.past) or len(done.broken()) else 0


@app.command()
def export(
    source: Annotated[Path, typer.Argument(metavar="PLAN|SRC", help="A plan or layers.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write into.")],
    kind: Annotated[str, typer.Option("--as", help="shapefile, gpkg, geojson, parquet, dxf or xlsx.")] = "shapefile",
    crs: Annotated[str | None, typer.Option("--crs", help="Coordinate system to write in, as EPSG:4527.")] = None,
    english: Annotated[bool, typer.Option("--english", help="English column names instead of Chinese ones.")] = False,
    quiet: Quiet = False,
) -> int:
    """Write a plan as bureaus want it back: GBK with .cpg, short Chinese names.  In Python: geo_planner.show.export."""
    from .read import read_plan
    from .show.export import export_plan

    plan = read_plan([source], name=_name_of([source]))
    for name in export_plan(plan, output, kind, crs=crs, chinese=not english):  # type: ignore[arg-type]
        if not quiet:
            print(words.printable(str(name)))
    return 0


@app.command()
def compare(
    scenarios: Annotated[list[Path], typer.Argument(metavar="A.toml B.toml", help="Scenario files; the first is the base.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write (.html).")],
    lang: Lang = "zh",
    quiet: Quiet = False,
) -> int:
    """Map what separates scenarios from the base, the difference first, with their figures side by side.

    In Python: geo_planner.study.compare.compare(a, b).
    """
    from .show.compare import write_comparison
    from .study.compare import compare as differ
    from .study.run import run_scenario

    if len(scenarios) < 2:
        msg = "compare needs two scenarios or more, the base first."
        raise GeoPlannerError(msg)
    with _progress(quiet=quiet, title="compare") as progress:
        base, *others = [run_scenario(path, progress=progress) for path in scenarios]
    write_comparison([differ(base, other) for other in others], output, lang=lang)
    if not quiet:
        _say(str(output))
    return 0


reviews = typer.Typer(help="Reviews that come back from the map.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(reviews, name="review")


@reviews.command()
def merge(
    files: Annotated[list[Path], typer.Argument(metavar="REVIEW…", help="review.json files, as the map downloads them.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The merged review to write.")] = Path("review.json"),
) -> int:
    """Merge reviews of one run and list where reviewers differ.  In Python: geo_planner.study.review.merge_reviews."""
    from .show.files import write_text
    from .study.review import merge_reviews

    merged = merge_reviews(files)
    write_text(output, json.dumps(merged.as_json(), ensure_ascii=False, indent=1) + "\n")
    for group in merged.conflicts:
        said = "; ".join(f"{m.reviewer or '?'} {m.date}: {m.verdict} {m.reason}" for m in group)
        print(words.printable(f"{group[0].fingerprint}: {said}"))
    return 1 if merged.conflicts else 0


profiles = typer.Typer(help="Profiles: the thresholds in force.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(profiles, name="profile")


@profiles.command(name="diff")
def profile_diff(
    a: Annotated[str, typer.Argument(help="Shipped profile or a TOML file.")],
    b: Annotated[str, typer.Argument(help="Shipped profile or a TOML file.")],
) -> int:
    """List every number on which two profiles differ.  In Python: geo_planner.plan.differences(a, b)."""
    from .checks import load
    from .plan import Profile, differences
    from .read.profile import read_profile
    from .show.sheets.rules import difference_lines

    def full(name: str) -> Profile:
        given = read_profile(name)
        return Profile(given.name, {code: check_.thresholds(given) for code, check_ in load().items()})

    rows = differences(full(a), full(b))
    for line in difference_lines(rows):
        print(line)
    return 1 if rows else 0


@app.command()
def demo(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.")]) -> int:
    """Write the sample workspace: layers, scenarios, a place for maps.  In Python: geo_planner.sample.write_demo(folder)."""
    from .sample import write_demo

    for path in write_demo(folder):
        print(path)
    return 0


@app.command()
def version() -> int:
    """Print the version."""
    print(__version__)
    return 0


if __name__ == "__main__":
    sys.exit(main())
