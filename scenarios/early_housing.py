"""The scenario `early_housing.toml` as a script: run it with `python scenarios/early_housing.py`."""

from pathlib import Path

import geo_planner as gp

base = gp.run(Path(__file__).with_name("susu_base.toml"))
homes = base.plan["parcels"].query("phase == '2011-2015' and code == 'R2'")["id"]
late = base.edit("parcels", homes, shift_days=-1461, reason="what if housing came first")
gp.compare(base, late).write("maps/compare.html")
print(late.report.verdict)
