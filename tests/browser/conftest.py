"""A real Chromium with the network shut three ways; every request, error and console error is recorded."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHUT = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"]


@dataclass
class Visit:
    """An open page and all that it asked for or complained of."""

    page: Any
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def until(self, condition: str, limit: float = 20.0) -> None:
        """Wait for a condition of the page; polled from here, because the page's policy forbids eval inside."""
        end = time.monotonic() + limit
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, f"never true: {condition}"
            time.sleep(0.03)

    def box(self, selector: str, limit: float = 20.0) -> dict[str, float]:
        """Place and size of the first element found; asked again where a redraw took it away in between."""
        end = time.monotonic() + limit
        while (found := self.page.locator(selector).first.bounding_box()) is None:
            assert time.monotonic() < end, f"never drawn: {selector}"
        return dict(found)

    def quiet(self, ready: str = "") -> None:
        """Wait until the page is ready, nothing is drawn and no zoom runs."""
        self.until(ready or "window.gpReady === true && GP.surface.idle() && !GP.map._animatingZoom")


def chromium() -> str:
    """Path of the browser; without one the tests are skipped here and fail where CI is set."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "Chromium is missing: run `python -m tests --browser`, or apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install 'geo-planner[test]'")
    with sync.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=SHUT)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    contexts, visits = [], []

    def go(
        path: Path,
        *,
        size: tuple[int, int] = (1280, 720),
        before: str = "",
        hash_: str = "#p=findings",  # the page opens on the verdict; most tests are about what is listed
        ready: str = "",
        **more: Any,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            offline=True,
            **{"color_scheme": "light", **more},
        )
        contexts.append(context)
        page = context.new_page()
        out = Visit(page)
        visits.append(out)
        url = path.resolve().as_uri()

        def note(request: Any) -> None:
            if not request.url.startswith(("data:", "blob:", url)):
                out.asked.append(request.url)

        page.on("request", note)
        page.on("pageerror", lambda error: out.errors.append(str(error)))
        page.on("console", lambda line: out.errors.append(line.text) if line.type == "error" else None)
        if before:
            page.add_init_script(before)
        page.goto(url + hash_)
        out.quiet(ready)
        return out

    yield go
    for out in visits:
        assert (out.asked, out.errors) == ([], [])
    for context in contexts:
        context.close()
