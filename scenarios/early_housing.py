"""The scenario `early_housing.toml` as a script: run it with `python scenarios/early_housing.py`."""

from dataclasses import replace
from pathlib import Path

import geo_planner as gp

base = gp.read_scenario(Path(__file__).with_name("susu_base.toml"))
park = replace(gp.read_plan(base.layers, name="early_housing_script", as_of=base.as_of), schematic=True)
homes = park["parcels"].query("phase == '2011-2015' and code == 'R2'")["id"]
plan = gp.apply(park, [gp.Edit("retime", "parcels", home, {"shift_days": -1461}) for home in homes])
before, after = gp.check(park, base.rules, only=["in"]), gp.check(plan, base.rules)
print("industry first: findings", len(before.findings), "->", (after.findings["code"].str.startswith("IN")).sum())
gp.write_outputs(plan, after, Path("maps") / plan.name)
