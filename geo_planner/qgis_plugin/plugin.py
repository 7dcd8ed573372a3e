"""What QGIS starts and stops: the provider, and the dock where there is a window."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt

from .provider import Provider
from .results import LISTENERS


class Plugin:
    """The plugin."""

    def __init__(self, iface):
        self.iface, self.provider, self.dock = iface, None, None

    def initProcessing(self):
        self.provider = Provider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):
        from .dock import FindingsDock

        self.initProcessing()
        self.dock = FindingsDock(self.iface.mapCanvas(), self.iface.mainWindow())
        self.iface.addDockWidget(Qt.RightDockWidgetArea, self.dock)
        LISTENERS.append(self.dock.open)

    def unload(self):
        if self.dock is not None:
            LISTENERS.remove(self.dock.open)
            self.iface.removeDockWidget(self.dock)
            self.dock.deleteLater()
        QgsApplication.processingRegistry().removeProvider(self.provider)
