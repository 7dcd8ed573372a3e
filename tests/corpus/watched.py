"""Read a corpus under the eyes of the kernel: which files were opened, and whether a socket was.

    python -m tests.corpus.watched ../shared/import-corpus [--only ID …]

Runs `python -m tests.corpus` under strace and lists every connection, every file opened outside the program, the corpus
and the folders for temporary files, and every file written anywhere else. Without --only, the cases are those that the
manifest wants refused: all that could lead elsewhere are among them. Exit 1 when anything is listed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .cases import cases

_CALL = re.compile(r"^\d+\s+(\w+)\((.*)\)\s+=\s+(-?\d+)")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRITES = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC")
_SYSTEM = (
    "/usr/",
    "/lib",
    "/proc/",
    "/sys/",
    "/dev/",
    "/etc/ld.so",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",
    "/etc/mime.types",
)
_NEEDLESS = {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf"}


def allowed(corpus: Path) -> tuple[str, ...]:
    """Return the beginnings of the paths that may be read."""
    own = {
        sys.prefix,
        sys.base_prefix,
        str(Path(__file__).resolve().parents[2]),
        str(corpus.resolve()),
        tempfile.gettempdir(),
    }
    own |= {str(Path(sys.executable).resolve().parents[1]), str(Path.home() / ".cache")}
    return (*_SYSTEM, *(p.rstrip("/") for p in sorted(own)))


def faults(log: str, readable: tuple[str, ...], writable: tuple[str, ...]) -> list[str]:
    """Return what a log of calls holds that must not be: a socket of the network, a file from elsewhere, a stray file.

    The first process only starts the others, each of which reads one case; what it imports is not looked at.
    """
    out = []
    first = log.split(" ", 1)[0]
    for line in log.splitlines():
        call = _CALL.match(line)
        if call is None or int(call.group(3)) < 0 or line.split(" ", 1)[0] == first:
            continue
        name, said = call.group(1), call.group(2)
        if name in {"connect", "sendto", "sendmsg", "bind"} or (name == "socket" and not said.startswith("AF_UNIX")):
            out.append(f"{name} {said[:120]}")
        elif name in {"openat", "open", "creat"} and (found := _PATH.search(said)):
            path = found.group(1)
            if not path.startswith("/"):
                continue
            if any(w in said for w in _WRITES) and not path.startswith(writable):
                out.append(f"write {path}")
            elif not path.startswith(readable) or path in _NEEDLESS:
                out.append(f"read {path}")
    return out


def main() -> int:
    """Run, print the faults and their number."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    strace = shutil.which("strace")
    if strace is None:
        print("strace is not there; nothing was watched.")
        return 0
    ids = chosen.only or [c.id for c in cases(chosen.corpus) if c.expected == "refuse" or c.checks.get("no_network")]
    with tempfile.TemporaryDirectory(prefix="watched_") as name:
        log = Path(name) / "calls"
        watch = [
            strace,
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-s",
            "300",
            "-e",
            "trace=openat,open,creat,socket,connect,bind",
            "-o",
            str(log),
        ]
        run = [sys.executable, "-m", "tests.corpus", str(chosen.corpus), "--limit", "120", "--only", *ids]
        done = subprocess.run([*watch, *run], check=False, capture_output=True, text=True)
        calls = log.read_text(encoding="utf-8", errors="replace")
    writable = (tempfile.gettempdir(), "/dev/null", "/proc/self", str(Path(__file__).resolve().parents[2]))
    found = sorted(set(faults(calls, allowed(chosen.corpus), writable)))
    print("\n".join([*done.stdout.splitlines()[-6:], *found]))
    print(f"{len(ids)} cases, {len(calls.splitlines()):,} calls watched, {len(found)} that must not be")
    return 1 if found or "outcomes" not in done.stdout else 0


if __name__ == "__main__":
    sys.exit(main())
