"""What every command stands on: the application, its shared options, progress, the exit code of a report.

Results go to stdout, talk and progress bars to stderr. Exit codes: 0 clean, 1 findings or too little evidence, 2 wrong use
or input, 3 a fault of ours. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from .. import lang as words
from ..errors import GeoPlannerError
from ..lang.errors import error_zh

if TYPE_CHECKING:
    from ..plan import Plan, Report
    from ..show import Extras
    from ..work import Work

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
Base = Annotated[
    str | None,
    typer.Option("--base", help="Base map: a .tif, .png, .jpg or .pmtiles file, tianditu:KEY, or a tile address."),
]
Text = Annotated[bool, typer.Option("--text", help="Put the sentence of every finding into report.json too.")]
Cache = Annotated[
    Path | None, typer.Option("--cache", help="Folder in which facts are kept from run to run; safe to delete.")
]
Crs = Annotated[str | None, typer.Option("--crs", help="Coordinate system of layers that name none, as EPSG:4527.")]


@app.callback()
def front(lang: Lang = "zh") -> None:
    """Take the language in which errors are told, for commands that have no option of their own."""


_RARELY = (250_000, 20, 20)
"""When Python searches for values that hold one another: a command makes many values and hardly any such rings, and the
search by its usual numbers takes a twelfth of a run. A city of 10,000 parcels holds no more memory than with a fifth of
these numbers.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the text of an error is one sentence, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    gc.set_threshold(*_RARELY)
    try:
        result = app(list(argv) if argv is not None else None, standalone_mode=False)
    except GeoPlannerError as error:
        say(words.printable(_error(str(error), argv)))
        return 2
    except (typer.Abort, KeyboardInterrupt):
        say("stopped / 已中止")
        return 2
    except BrokenPipeError:
        return 0
    except typer.TyperException as error:
        show = getattr(error, "show", None)
        show() if show else say(str(error))
        return 2
    except Exception as fault:
        text = f"this is a fault of geo-planner, not of your data: {type(fault).__name__}: {fault}"
        say(words.printable(_error(text, argv)))
        return 3
    return result if isinstance(result, int) else 0


def process() -> NoReturn:
    """Run one command as a process of its own, and leave with its exit code."""
    leave(main())


def leave(code: int) -> NoReturn:
    """End this process: what was registered for its end is done and its streams are written out, as Python does.

    Its memory is left to the system, which takes it back whole: Python would take it apart row by row, half a second of a
    processor after the sample park. Where other threads still work, or a stream cannot be written, Python ends it.
    """
    if threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(code)
    os._exit(code)


def _error(text: str, argv: Sequence[str] | None) -> str:
    """The text of an error in Chinese, but for a reader who has asked for English."""
    given = [str(word) for word in (sys.argv[1:] if argv is None else argv)]
    english = "--lang=en" in given or any(a == "--lang" and b == "en" for a, b in pairwise(given))
    return text if english else error_zh(text)


def say(text: str) -> None:
    """Print talk to stderr, beside the results on stdout."""
    print(text, file=sys.stderr)


@contextmanager
def progress_bar(*, quiet: bool, title: str) -> Iterator[Callable[[str, int, int], None] | None]:
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


def name_of(sources: Sequence[Path]) -> str:
    """Return the name that a plan takes from its first source, which may be written as role=path."""
    first = sources[0]
    plain = first if first.exists() or "=" not in str(first) else Path(str(first).partition("=")[2])
    return plain.resolve().stem or "plan"


def work_in(cache: Path | None) -> Work:
    """Return how a plan is judged: with a folder of facts where one is given."""
    from ..work import HERE, Work

    if cache is None:
        return HERE
    from ..study.folder import FolderStore

    return Work(FolderStore(cache, say))


def finish(
    plan: Plan,
    report: Report,
    out: Path,
    lang: words.Lang,
    as_json: bool,
    quiet: bool,
    extras: Extras,
    reviews: Sequence[Path] = (),
) -> int:
    """Write the outputs, print the verdict, and return the exit code of a report."""
    from ..show import write_outputs
    from ..show.documents.terminal import print_verdict
    from ..show.exports.imported import imported
    from ..show.exports.results import report_json

    if reviews:
        from ..study.review import with_reviews

        report = with_reviews(report, list(reviews))
    written = write_outputs(plan, report, out, lang=lang, extras=extras)
    if as_json:
        print(json.dumps(report_json(report) | {"import": imported(plan)}, ensure_ascii=False))
    else:
        print_verdict(report, lang)
        if not quiet:
            say(("已写入：" if lang == "zh" else "written: ") + "  ".join(str(p) for p in written))
    return exit_code(report)


def exit_code(report: Report) -> int:
    """Return 3 where a check crashed, 1 where something was found or too little could be judged, else 0.

    Where only some checks were asked for, only what they could judge counts.
    """
    if any(r.outcome == "crashed" for r in report.runs):
        return 3
    found = report.count("error") or report.count("warning")
    return 1 if found or not report.verdict.clean else 0
