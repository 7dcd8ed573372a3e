"""A page of ours in a real Chromium without a network, watched: what it asks for, what it complains of, its CPU."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.conftest import SHUT, chromium

READY = "window.gpReady === true && GP.surface.idle()"


@dataclass(eq=False)
class Watched:
    """A page, the session that counts, the addresses it asked for, its errors, and the seconds until it was quiet."""

    page: Any
    cdp: Any
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ready_s: float = 0.0

    def busy(self) -> float:
        """CPU seconds of the main thread so far."""
        told = {m["name"]: m["value"] for m in self.cdp.send("Performance.getMetrics")["metrics"]}
        return float(told["TaskDuration"])


@contextmanager
def opened(path: Path) -> Iterator[Watched]:
    """Open a file in a browser that is shut off, and give it back when it is ready and quiet."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=SHUT)
        page = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True).new_page()
        seen, here = Watched(page, page.context.new_cdp_session(page)), path.resolve().as_uri()
        page.on("request", lambda r: None if r.url.startswith(("data:", "blob:", here)) else seen.asked.append(r.url))
        page.on("pageerror", lambda e: seen.errors.append(str(e)))
        page.on("console", lambda line: seen.errors.append(line.text) if line.type == "error" else None)
        seen.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        began = time.perf_counter()
        page.goto(here, timeout=300_000)
        while not page.evaluate(READY):
            time.sleep(0.05)
        seen.ready_s = time.perf_counter() - began
        yield seen
        browser.close()
