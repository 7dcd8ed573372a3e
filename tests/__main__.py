"""`python -m tests` runs everything: lint, types, tests, a real browser.

If Chromium is missing it is installed where that can be done (Debian's package, as root); elsewhere one line says what to
do, and under CI that is a failure, never a silent skip. Arguments are passed on to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")


def have_browser() -> bool:
    """Return whether a Chromium stands on the path, with a font for Chinese beside it where Debian tells."""
    return any(shutil.which(name) for name in BROWSERS)


def install_browser() -> bool:
    """Install Chromium and a CJK font from Debian's packages where that is possible; say what to do elsewhere."""
    if not have_browser() and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("installing Chromium and CJK fonts from Debian's packages …", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *PACKAGES]):
            subprocess.run(command, check=False, env=env, stdout=subprocess.DEVNULL)
    if not have_browser():
        print(
            f"no Chromium found: install it (Debian: sudo apt-get install {' '.join(PACKAGES)}) to run the browser tests."
        )
    return have_browser()


def main(arguments: list[str]) -> int:
    """Run lint, types and tests in this order; the first failure ends the run."""
    browser = install_browser()
    if not browser and os.environ.get("CI"):
        print("browser tests are never passed over in CI.")
        return 1
    python = [sys.executable, "-m"]
    steps = [
        [*python, "ruff", "check", "."],
        [*python, "mypy"],
        [
            *python,
            "pytest",
            "-n",
            str(min(4, os.cpu_count() or 1)),
            "--dist",
            "loadfile",
            "--no-loadscope-reorder",
            *arguments,
        ],
    ]
    for step in steps:
        print("$", " ".join(Path(part).name if part == sys.executable else part for part in step), flush=True)
        if code := subprocess.run(step, check=False, cwd=ROOT).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
