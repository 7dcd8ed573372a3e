"""When each parcel is served by each utility, what it waits for, and along which pipes.

A parcel is served from the day on which an accepted pipe within reach is joined, through accepted pipes, to a source in
service. That day is a minimax path: the least, over all paths, of the latest completion on the path. Pipes and sources
that are taken out of service split the horizon; in each span between two removals the pass is made anew.

A pipe or source without a completion date conducts nothing; a parcel for which it would matter is unknown, not failed.
"""

from ...algorithms.networks.noding import Snap
from ...algorithms.networks.service import ROAD, Service, State
from ...algorithms.networks.spans import Span
from .build import along, service
from .graph import network_graph

__all__ = ["ROAD", "Service", "Snap", "Span", "State", "along", "network_graph", "service"]
