"""A folium map whose page asks nobody for anything.

`OfflineFigure` is a branca figure whose header turns every link to a script or style sheet into its text at the
moment folium adds it. An address whose text is not at hand is an error, so a page that would phone home cannot be
written. `PlannerMap` is `folium.Map` inside such a figure; any folium element can still be added to it.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from jinja2 import Template

from ...errors import MissingExtraError
from ..exports.files import atomic_write

# Leaflet 1.9.4 as published on npm; the package on PyPI carries the same bytes.
LEAFLET = {
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
}
# folium.Map declares these for every map; only popups, icons and plugins ever call them.
OPTIONAL = ("jquery", "bootstrap", "awesome", "glyphicons")
_CALLS_OPTIONAL = re.compile(r"\$\(|\bjQuery\b|AwesomeMarkers")
_INLINE_SCRIPT = re.compile(r"<script(?: type=\"text/javascript\")?>(.*?)</script>", re.DOTALL)
_GAP = re.compile(r"<!--gp-payload:(\d+)-->")


class AssetMissing(MissingExtraError):
    """A page element that would need the network; the text names the address and the extra that brings it."""

    def __init__(self, url: str) -> None:
        super().__init__("folium-offline", "plugins", f"the map would have to load {url} from the network")
        self.url = url


class Raw(Element):  # type: ignore[misc]
    """Text that goes into the page as it is, unseen by the template engine."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._name = "Raw"
        self.html = html

    def render(self, **_: Any) -> str:
        """The text itself."""
        return self.html


class Payload(Element):  # type: ignore[misc]
    """A large inert block; the page holds a gap for it until it is written, so it is never copied by templates."""

    def __init__(self, key: str, text: str, *, kind: str = "application/octet-stream") -> None:
        super().__init__()
        self._name = "Payload"
        self.key, self.kind, self.text = key, kind, text
        self.number = 0

    def render(self, **_: Any) -> str:
        """The block's script element around a numbered gap; `kind` keeps the browser from running it."""
        return f'<script type="{self.kind}" id="{self.key}"><!--gp-payload:{self.number}--></script>'


class _OnDemand(Element):  # type: ignore[misc]
    """A library that is inlined only when a script of the page calls it."""

    def __init__(self, url: str, *, is_script: bool) -> None:
        super().__init__()
        self._name = "OnDemand"
        self.url, self.is_script = url, is_script

    def render(self, **_: Any) -> str:
        figure = self.get_root()
        return _inline(self.url, is_script=self.is_script) if getattr(figure, "calls_optional", False) else ""


class _InlineHeader(Element):  # type: ignore[misc]
    def add_child(self, child: Element, name: str | None = None, index: int | None = None) -> Element:
        if isinstance(child, JavascriptLink | CssLink):
            is_script = isinstance(child, JavascriptLink)
            if any(word in child.url for word in OPTIONAL):
                child = _OnDemand(child.url, is_script=is_script)
            else:
                child = Raw(_inline(child.url, is_script=is_script))
        return super().add_child(child, name=name, index=index)


class OfflineFigure(Figure):  # type: ignore[misc]
    """A branca figure that inlines what its elements link to, under a strict content policy.

    The policy names the hash of every script of the page, so a script that came in with the data could not run. A few
    plugins (MeasureControl) build code from text; for them alone `allow_eval` may be set, which loosens the policy.
    `servers` are the origins from which pictures may come; it is empty unless tiles of a server were asked for.
    """

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.lang }}">\n<head>\n<meta charset="utf-8">\n<!--gp-policy-->\n'
        "<title>{{ this.title|e }}</title>\n{{ this.header.render(**kwargs) }}\n</head>\n<body>\n"
        "{{ this.html.render(**kwargs) }}\n<script>{{ this.script.render(**kwargs) }}</script>\n</body>\n</html>\n"
    )

    def __init__(self, *, title: str = "", lang: str = "zh-CN") -> None:
        super().__init__(title=title)
        self._name = "OfflineFigure"
        self.lang = lang
        self.calls_optional = False
        self.allow_eval = False
        self.servers: set[str] = set()
        header = _InlineHeader()
        header._parent = self
        header._template = self.__dict__["header"]._template
        self.header = header

    def render(self, **kwargs: Any) -> str:
        """The whole page as one string."""
        return "".join(self.parts(**kwargs))

    def parts(self, **kwargs: Any) -> Iterator[str]:
        """The page in pieces, payloads apart, so that half a gigabyte of data is not copied to be written."""
        _number(self)
        for child in list(self._children.values()):
            child.render(**kwargs)
        payloads = [child for child in _walk(self) if isinstance(child, Payload)]
        for number, payload in enumerate(payloads):
            payload.number = number
        self.calls_optional = bool(_CALLS_OPTIONAL.search(self.script.render(**kwargs)))
        page = self._template.render(this=self, kwargs=kwargs)
        page = page.replace("<!--gp-policy-->", _policy(page, sorted(self.servers), allow_eval=self.allow_eval), 1)
        first, *rest = _GAP.split(page)
        yield first
        for turn, after in zip(rest[::2], rest[1::2], strict=True):
            yield payloads[int(turn)].text
            yield after

    def write(self, path: Path) -> None:
        """Write the page beside `path` and move it into place; the same figure gives the same bytes."""
        with atomic_write(Path(path)) as inside, inside.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(self.parts())


class PlannerMap(folium.Map):  # type: ignore[misc]
    """`folium.Map` without a base map, inside an `OfflineFigure`.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees; the map opens on them
    title : page title
    lang : language of the page element
    """

    def __init__(self, bounds: tuple[float, float, float, float], *, title: str = "", lang: str = "zh-CN") -> None:
        west, south, east, north = bounds
        super().__init__(
            [(south + north) / 2, (west + east) / 2],
            zoom_start=13,
            tiles=None,
            max_zoom=22,
            zoom_snap=0.25,
            zoom_delta=0.5,
            zoom_control=False,
            attribution_control=False,
        )
        OfflineFigure(title=title, lang=lang).add_child(self)
        self.bounds = bounds

    def write(self, path: Path) -> None:
        """Write the map as one page that needs no network."""
        self.get_root().write(path)


def inline_json(text: str) -> str:
    """JSON text that can stand inside a script element: it can neither close it nor break a line of JavaScript."""
    for mark in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def own_text(folder: str, *names: str) -> str:
    """Our own scripts or style sheets of `folder`, joined in the order named, without margins and comment lines."""
    root = resources.files(__package__).joinpath(folder)
    return "\n".join(_bare(root.joinpath(name).read_text(encoding="utf-8")) for name in names)


def _bare(text: str) -> str:
    """A file of ours without what only its reader needs: no line of it begins or ends inside a string."""
    text = re.sub(r"(?m)^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*$", "", text)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("// "))


def script(text: str) -> Raw:
    """An element with `text` as an inline script."""
    return Raw(f"<script>{_safe(text, is_script=True)}</script>")


def style(text: str) -> Raw:
    """An element with `text` as an inline style sheet."""
    return Raw(f"<style>{_safe(text, is_script=False)}</style>")


@cache
def leaflet(name: str) -> str:
    """Leaflet's own script or style sheet, refused when its bytes are not the ones we know.

    Raises
    ------
    AssetMissing
        the file is not there, or it has been changed
    """
    folder = resources.files("js_lib_leaflet").joinpath("static", "js_lib_leaflet")
    content = folder.joinpath(name).read_bytes()
    if hashlib.sha256(content).hexdigest() != LEAFLET[name]:
        msg = f"an unchanged {name}: reinstall django-js-lib-leaflet==1.9.4.1, for otherwise it"
        raise AssetMissing(msg)
    text = content.decode("utf-8").replace("\r\n", "\n")

    def as_data(picture: str) -> str:
        return "data:image/png;base64," + base64.b64encode(folder.joinpath("images", picture).read_bytes()).decode()

    if name == "leaflet.js":  # it would look for the pictures of its markers beside the page
        icons = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
        found = ",".join(f'{option}:"{as_data(picture)}"' for option, picture in icons.items())
        return f'{text}\nL.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({{{found}}});'
    return re.sub(r"url\(images/([\w-]+\.png)\)", lambda match: f"url({as_data(match[1])})", text)


@cache
def _plugin_assets() -> dict[str, str]:
    """Every address folium can ask for and its text, from the optional package; empty where it is absent.

    The package takes three seconds to import, so its table is read as text.
    """
    found = importlib.util.find_spec("offlinefolium")
    if found is None or not found.submodule_search_locations:
        return {}
    tree = ast.parse(Path(found.submodule_search_locations[0], "elements.py").read_text(encoding="utf-8"))
    table = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            table[ast.literal_eval(node.targets[0].slice)] = ast.literal_eval(node.value)
    return table


def _inline(url: str, *, is_script: bool) -> str:
    name = url.rsplit("/", 1)[-1]
    text = leaflet(name) if name in LEAFLET and "leaflet@" in url else _plugin_assets().get(url)
    if text is None:
        raise AssetMissing(url)
    if not is_script:  # pictures and fonts that a plugin's sheet would fetch from beside the page
        text = re.sub(r"url\((?!['\"]?(?:data:|#))[^)]*\)", 'local("")', text)
    safe = _safe(text, is_script=is_script)
    return f"<script>{safe}</script>" if is_script else f"<style>{safe}</style>"


def _safe(text: str, *, is_script: bool) -> str:
    text = re.sub(r"(?m)^\s*//[#@]\s*sourceMappingURL=.*$", "", text.replace("\r\n", "\n"))
    word = "script" if is_script else "style"
    return re.sub(f"(?i)</{word}", f"<\\\\/{word}", text)


def _policy(page: str, servers: list[str], *, allow_eval: bool = False) -> str:
    hashes = sorted(
        {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in _INLINE_SCRIPT.findall(page)}
    )
    allowed = " ".join([*(f"'sha256-{value}'" for value in hashes), *(["'unsafe-eval'"] if allow_eval else [])])
    pictures = " ".join(["data:", "blob:", *servers])
    return (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"script-src {allowed}; style-src 'unsafe-inline'; img-src {pictures}; font-src data:; "
        "worker-src blob:; base-uri 'none'; form-action 'none'\">"
    )


def _walk(element: Element) -> Iterator[Element]:
    # What the page is made of comes first: the figure's own parts grow with every rendering, and numbers must not.
    yield element
    inner = [getattr(element, part) for part in ("header", "html", "script") if isinstance(element, Figure)]
    for child in [*element._children.values(), *inner]:
        yield from _walk(child)


def _number(figure: Figure) -> None:
    """Give every element a counted id, because branca's are random and two saves would differ."""
    for number, element in enumerate(_walk(figure)):
        element._id = f"{number:04x}"
