"""Microsoft Project's XML (MSPDI), read safely and written so that Project and its readers open it.

Lags are tenths of a minute of working time; a working day is 8 hours unless the file says otherwise. The clock of this
package knows calendar days only, so working-time lags become as many calendar days; elapsed lags are exact.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from ...errors import ScheduleError
from .table import ScheduleTable, table_of

SPACE = "http://schemas.microsoft.com/project"
TYPES = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
ELAPSED = {"4", "6", "8", "10", "12"}
"""Lag formats that count all hours, not working hours: elapsed minutes to months."""


def parse_mspdi(content: bytes) -> ScheduleTable:
    """The tasks and links of an MS Project XML file; summary tasks and the project's own row are left out.

    ScheduleError where the bytes are no such file or try to pull in other files.
    """
    try:
        root = SafeTree.fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        msg = f"this is no MS Project XML file ({error}). Save the plan as XML in Project."
        raise ScheduleError(msg) from error
    space = root.tag.split("}")[0] + "}" if root.tag.startswith("{") else ""
    if root.tag.removeprefix(space) != "Project":
        msg = f"this XML holds '{root.tag.removeprefix(space)}', not a Project. Save the plan as XML in Project."
        raise ScheduleError(msg)
    minutes = int(root.findtext(f"{space}MinutesPerDay") or 480)
    rows = [e for e in root.iterfind(f"{space}Tasks/{space}Task") if _counts(e, space)]
    tasks = [_task(e, space) for e in rows]
    links = [link for e in rows for link in _links(e, space, minutes)]
    return table_of(tasks, links)


def _counts(element: Any, space: str) -> bool:
    text = {tag: element.findtext(f"{space}{tag}") for tag in ("UID", "Summary", "IsNull")}
    return text["UID"] not in {None, "0"} and text["Summary"] != "1" and text["IsNull"] != "1"


def _task(element: Any, space: str) -> dict[str, object]:
    uid = element.findtext(f"{space}UID")
    start, finish = (_moment(element.findtext(f"{space}{tag}"), uid, tag) for tag in ("Start", "Finish"))
    if start is not None and finish is not None and element.findtext(f"{space}Milestone") != "1":
        # Project writes the last working hour of the last day; the span here ends where the next day begins.
        whole = finish.time() == datetime.min.time()
        finish = finish if whole else datetime.combine(finish.date(), datetime.min.time()) + timedelta(days=1)
    name = element.findtext(f"{space}Name") or uid
    return {"id": uid, "name": name, "start": start and start.date(), "finish": finish and finish.date()}


def _moment(text: str | None, uid: str, tag: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        msg = f"task {uid}: {tag} = '{text}' is no date of MS Project."
        raise ScheduleError(msg) from error


def _links(element: Any, space: str, minutes: int) -> list[dict[str, object]]:
    found = []
    for link in element.iterfind(f"{space}PredecessorLink"):
        elapsed = (link.findtext(f"{space}LagFormat") or "") in ELAPSED
        tenths = int(link.findtext(f"{space}LinkLag") or 0)
        found.append(
            {
                "before": link.findtext(f"{space}PredecessorUID") or "",
                "after": element.findtext(f"{space}UID") or "",
                "link": TYPES.get(link.findtext(f"{space}Type") or "1", "FS"),
                "gap": round(tenths / 10 / (1440 if elapsed else minutes)),
            }
        )
    return found


def write_mspdi(table: ScheduleTable, *, title: str) -> bytes:
    """The schedule as MS Project XML; lags are elapsed days, ids are kept in the WBS field."""
    root = Element("Project", xmlns=SPACE)
    SubElement(root, "Title").text = title
    SubElement(root, "MinutesPerDay").text = "1440"
    place = {name: str(k) for k, name in enumerate(table.tasks["id"], start=1)}
    waits: dict[str, list[tuple[str, str, int]]] = {}
    for before, after, link, gap in table.links[["before", "after", "link", "gap"]].to_numpy().tolist():
        waits.setdefault(after, []).append((before, link, gap))
    rows = SubElement(root, "Tasks")
    days = table.tasks["days"].fillna(0).tolist()
    columns = [*(table.tasks[c].tolist() for c in ("id", "name", "start", "finish")), days]
    for name, title_of, start, finish, alone in zip(*columns, strict=True):
        task = SubElement(rows, "Task")
        _add_task(task, (place[name], name, title_of), (start, finish), alone)
        for before, link, gap in waits.get(name, []):
            _add_link(task, place[before], link, gap)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_task(task: Element, names: tuple[str, str, str], dates: tuple[Any, Any], days: int) -> None:
    (uid, wbs, title), (start, finish) = names, dates
    known = start == start and finish == finish  # noqa: PLR0124 - NaT is the only value unlike itself
    for tag, text in (("UID", uid), ("ID", uid), ("Name", title), ("WBS", wbs)):
        SubElement(task, tag).text = text
    if not known:
        SubElement(task, "Duration").text = f"PT{24 * days}H0M0S"
        return
    SubElement(task, "Manual").text = "1"
    SubElement(task, "Start").text = f"{start:%Y-%m-%dT00:00:00}"
    SubElement(task, "Finish").text = f"{finish:%Y-%m-%dT00:00:00}"
    SubElement(task, "Duration").text = f"PT{(finish - start).days * 24}H0M0S"
    SubElement(task, "Milestone").text = "1" if finish == start else "0"


def _add_link(task: Element, before: str, link: str, gap: int) -> None:
    element = SubElement(task, "PredecessorLink")
    kind = next(k for k, v in TYPES.items() if v == link)
    for tag, text in (("PredecessorUID", before), ("Type", kind), ("LinkLag", str(gap * 14400)), ("LagFormat", "8")):
        SubElement(element, tag).text = text
