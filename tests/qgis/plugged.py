"""Runs in the system's Python: runs one algorithm of the plugin, then the dock, and prints what came of it as JSON.

python3 plugged.py FOLDER_OF_THE_ZIP JOB.json
"""

import json
import sys
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProject

sys.path.insert(0, sys.argv[1])
job = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
application = QgsApplication([], True)
application.initQgis()

import geo_planner_qgis  # noqa: E402
from qgis.gui import QgsMapCanvas  # noqa: E402

plugin = geo_planner_qgis.classFactory(None)
plugin.initProcessing()


class Feedback(QgsProcessingFeedback):
    """Cancelled from the start where the job says so."""

    def isCanceled(self):  # noqa: N802
        return job.get("cancel", False)


answer = {"algorithms": sorted(a.name() for a in plugin.provider.algorithms())}
algorithm = QgsApplication.processingRegistry().algorithmById("geo_planner:" + job["algorithm"]).create()
context = QgsProcessingContext()
context.setProject(QgsProject.instance())
feedback = Feedback()
try:
    algorithm.prepare(job["parameters"], context, feedback)
    done = algorithm.runPrepared(job["parameters"], context, feedback)
    answer.update(done)
    answer.update(algorithm.postProcess(context, feedback))
except QgsProcessingException as reason:
    answer["refused"] = str(reason)
layers = QgsProject.instance().mapLayers().values()
answer["layers"] = {layer.name(): layer.renderer().type() for layer in layers if layer.isValid()}
if job.get("review") and "OUTPUT" in answer:
    from geo_planner_qgis.dock import FindingsDock

    canvas = QgsMapCanvas()
    dock = FindingsDock(canvas)
    dock.open(answer["OUTPUT"])
    canvas.setDestinationCrs(dock.layer.crs())
    dock.table.setCurrentCell(0, 0)
    answer["listed"] = [dock.table.item(row, 1).text() for row in range(dock.table.rowCount())]
    box, shape = canvas.extent(), dock.rows[0].geometry().boundingBox()
    answer["zoomed"] = box.contains(shape) and box.width() < 20 * max(shape.width(), shape.height(), 100)
    dock.verdict.setCurrentIndex(2)
    dock.set_mark()
    answer["unreasoned"] = len(dock.marks)
    dock.reason.setText("专题论证")
    dock.set_mark()
    dock.save(job["review"])
print(json.dumps(answer))  # noqa: T201  (its output is the answer)
sys.stdout.flush()
QgsProject.instance().clear()
import os  # noqa: E402

os._exit(0)
