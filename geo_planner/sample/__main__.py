"""Write the sample park: `python -m geo_planner.sample layers/susu`."""

from __future__ import annotations

import sys
from pathlib import Path

from . import write_sample

if __name__ == "__main__":
    write_sample(Path(sys.argv[1] if len(sys.argv) > 1 else "layers/susu"))
