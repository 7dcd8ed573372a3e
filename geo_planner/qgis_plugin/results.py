"""Results of a run in the open project: the layers of its project.qgs with their looks, in one group."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsVectorLayer

LISTENERS = []
"""What is called with the folder of every result that was loaded: the dock."""


def result_folders(output):
    """Return the folders with a result: the one written to, or those within it of several scenarios."""
    folder = Path(output)
    return [p.parent for p in (folder / "project.qgs", *sorted(folder.glob("*/project.qgs"))) if p.is_file()]


def load_results(folder, project=None):
    """Add the styled layers of a result to the project and return their number."""
    target = project or QgsProject.instance()
    source = QgsProject()
    if not source.read(str(folder / "project.qgs")):
        return 0
    group = target.layerTreeRoot().insertGroup(0, folder.name)
    nodes = [n for n in source.layerTreeRoot().findLayers() if n.layer() is not None and n.layer().isValid()]
    for node in nodes:
        copy = node.layer().clone()
        target.addMapLayer(copy, False)  # noqa: FBT003, RUF100
        group.addLayer(copy).setItemVisibilityChecked(node.isVisible())
    for listener in LISTENERS:
        listener(folder)
    return len(nodes)


def load_plan(path, project=None):
    """Add every layer of a plan file, with the looks stored in it, and return their number."""
    target = project or QgsProject.instance()
    outer = QgsVectorLayer(str(path), "plan", "ogr")
    names = [line.split("!!::!!")[1] for line in outer.dataProvider().subLayers()] if outer.isValid() else []
    plain = [n for n in names if "|" not in n]  # what follows the mark would be read as an option of the source
    layers = [QgsVectorLayer(f"{path}|layername={name}", name, "ogr") for name in plain]
    shown = [layer for layer in layers if layer.isValid() and layer.isSpatial()]
    target.addMapLayers(shown)
    return len(shown)
