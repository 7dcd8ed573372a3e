"""The provider in the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider

from .algorithms import ALGORITHMS


class Provider(QgsProcessingProvider):
    """All algorithms of geo_planner."""

    def id(self):
        return "geo_planner"

    def name(self):
        return "geo_planner 三先三后"

    def loadAlgorithms(self):
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
