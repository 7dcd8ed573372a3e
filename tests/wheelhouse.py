"""`python -m tests.wheelhouse linux|windows -o DIR` collects every wheel that a machine without internet needs.

Run it where there is a network, on any system; carry the folder over and install from it:
`pip install --no-index --find-links DIR "geo-planner[optimize,speed]"`. The versions are those of constraints.txt.
What a wheel asks for is read from the wheel and judged for the target's system, which pip does for its own only: a
wheelhouse for Windows made on Linux would lack colorama and tzdata.
"""

from __future__ import annotations

import argparse
import email
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[1]
EXTRAS = "optimize,speed"
OLD_NAMES = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")
PLATFORMS = {"linux": (*(f"manylinux_2_{n}_x86_64" for n in range(28, 4, -1)), *OLD_NAMES), "windows": ("win_amd64",)}
SYSTEMS = {
    "linux": {
        "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64",
    },
    "windows": {
        "sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64",
    },
}  # fmt: skip
"""What the markers of a requirement are judged by."""


def asked_by(wheel: Path, extras: Iterable[str], system: Mapping[str, str]) -> list[Requirement]:
    """Return what a wheel asks for on a system, with some of its extras."""
    with zipfile.ZipFile(wheel) as box:
        name = next(n for n in box.namelist() if n.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(box.read(name))
    found = [Requirement(line) for line in told.get_all("Requires-Dist") or ()]
    chosen = [{**system, "extra": extra} for extra in ("", *extras)]
    return [r for r in found if r.marker is None or any(r.marker.evaluate(dict(env)) for env in chosen)]


def lacking(folder: Path, start: Requirement, system: Mapping[str, str]) -> list[Requirement]:
    """Return what `start` and all it rests on ask for and no wheel of the folder is."""
    wheels = {parse_wheel_filename(p.name)[0]: p for p in sorted(folder.glob("*.whl"))}
    missing: dict[str, Requirement] = {}
    todo, seen = [start], set()
    while todo:
        one = todo.pop()
        name, key = canonicalize_name(one.name), (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        if name in wheels:
            todo += asked_by(wheels[name], one.extras, system)
        else:
            missing[name] = one
    return [missing[name] for name in sorted(missing)]


def collect(target: str, folder: Path, extras: str, python: str) -> int:
    """Fill a folder with the wheels of the package and of all it rests on; return the first failure of pip."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("geo_planner-*.whl"):
        old.unlink()
    pip = [sys.executable, "-m", "pip"]
    code = subprocess.run([*pip, "wheel", "-q", "--no-deps", "-w", folder, ROOT], check=False).returncode
    start = Requirement(f"geo-planner[{extras}]" if extras else "geo-planner")
    system = {**SYSTEMS[target], "python_version": python, "python_full_version": f"{python}.0"}
    how = ["--no-deps", "--only-binary=:all:", "--python-version", python, "-c", ROOT / "constraints.txt"]
    for platform in PLATFORMS[target]:
        how += ["--platform", platform]
    while not code and (todo := lacking(folder, start, system)):
        names = [f"{r.name}{r.specifier}" for r in todo]
        print(f"{len(names)}: {' '.join(r.name for r in todo)}", flush=True)
        code = subprocess.run([*pip, "download", "-q", *how, "-d", folder, *names], check=False).returncode
    return code


def main(arguments: list[str]) -> int:
    """Collect one wheelhouse as the words of the command line say."""
    parser = argparse.ArgumentParser(prog="python -m tests.wheelhouse", description=__doc__)
    parser.add_argument("target", choices=sorted(PLATFORMS))
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--extras", default=EXTRAS)
    parser.add_argument("--python", default="3.11")
    told = parser.parse_args(arguments)
    code = collect(told.target, told.output, told.extras, told.python)
    if not code:
        print(f"{len(list(told.output.glob('*.whl')))} wheels: {told.output}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
