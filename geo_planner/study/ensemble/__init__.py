"""A STUDY -> ITS MEMBERS -> WHAT IS CERTAIN: draws, members judged on processes or a cluster, and what decides."""

from .run import Ensemble, Options, run_ensemble

__all__ = ["Ensemble", "Options", "run_ensemble"]
