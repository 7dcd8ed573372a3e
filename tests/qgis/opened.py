"""Runs in the system's Python: opens a QGIS project, renders it, and prints what it found as JSON.

python3 opened.py PROJECT.qgs PICTURE.png
"""

import json
import sys

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
tree = project.layerTreeRoot().findLayers()
layers = [node.layer() for node in tree if node.layer() is not None and node.layer().isValid()]
settings = QgsMapSettings()
settings.setLayers(layers)
settings.setDestinationCrs(project.crs())
settings.setExtent(project.viewSettings().defaultViewExtent())
settings.setOutputSize(QSize(400, 300))
settings.setBackgroundColor(QColor(255, 255, 255))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
picture = job.renderedImage()
picture.save(sys.argv[2])
colours = {picture.pixel(x, y) for x in range(0, 400, 2) for y in range(0, 300, 2)}
extent = project.viewSettings().defaultViewExtent()
print(  # noqa: T201  (its output is the answer)
    json.dumps(
        {
            "read": read,
            "crs": project.crs().authid(),
            "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
            "nodes": len(tree),
            "layers": [
                {
                    "name": layer.name(),
                    "crs": layer.crs().authid(),
                    "rows": layer.featureCount(),
                    "renderer": layer.renderer().type(),
                    "classes": len(layer.renderer().categories())
                    if layer.renderer().type() == "categorizedSymbol"
                    else 1,
                }
                for layer in layers
            ],
            "colours": len(colours),
        }
    )
)
sys.stdout.flush()
project.clear()
application.exitQgis()
