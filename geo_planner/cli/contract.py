"""`geo-planner contract`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import lang as words
from ..lang.errors import sentence_zh
from .front import Json, Lang, Quiet, app, say

contracts = typer.Typer(help="Delivery contracts with bureaus.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(contracts, name="contract")

Terms = Annotated[Path, typer.Argument(metavar="CONTRACT", help="A delivery contract (.toml).")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The layers of one delivery.")]


@contracts.command()
def draft(
    folder: Folder,
    output: Annotated[Path, typer.Option("-o", "--output", help="The contract to write (.toml).")],
    mapping: Annotated[Path | None, typer.Option("--mapping", help="The filled mapping sheet (.xlsx).")] = None,
    lang: Lang = "zh",
    quiet: Quiet = False,
) -> int:
    """Draft a contract from a first delivery.  In Python: geo_planner.read.contract.draft_text(delivery, places, name)."""
    from ..read.contract import delivered, draft_text, held_to_schemes, placed
    from ..read.contract.draft import read_mapping
    from ..show.contract import write_mapping
    from ..show.contract.template import example_of
    from ..show.exports.files import write_text

    delivery = delivered(folder)
    places = placed(delivery, read_mapping(mapping) if mapping else None)
    write_text(output, draft_text(delivery, places, output.stem))
    frames = {s.name: s.frame for s in delivery.sheets}
    examples = {key: example_of(frames[key[0]], key[1]) for key, word in places.items() if not word}
    sheet = output.with_name(f"{output.stem}_mapping.xlsx")
    count = write_mapping(places, examples, sheet)
    zh = lang == "zh"
    if quiet:
        return 0
    print(f"{'已写入' if zh else 'written'}: {output}")
    print(f"{'未能归类的图层与字段' if zh else 'layers and fields that could not be placed'}: {count}  {sheet}")
    for (layer, field), (scheme, strange, why) in held_to_schemes(delivery, places).items():
        print(words.printable(f"{layer}.{field}: " + _codes_told(scheme, strange, why, zh=zh)))
    return 0


def _codes_told(scheme: str, strange: tuple[str, ...], why: str, *, zh: bool) -> str:
    """Return by which scheme the codes of a column are written, and which are not in it."""
    listed = f"{len(strange)} ({', '.join(strange[:20])})"
    if not scheme:
        none = f"；不在任何标准中的 {listed}" if zh else f"; in none: {listed}"
        told = sentence_zh(why) if zh else why
        told = f"用地分类标准无法判断（{told}）" if zh else f"the land-use scheme cannot be told ({told})"
        return told + (none if strange else "")
    if zh:
        return f"用地代码按 {scheme}" + (f"，不在其中的 {listed}" if strange else "，全部在内")
    return f"codes of {scheme}" + (f"; not in it: {listed}" if strange else ", all of them")


@contracts.command()
def template(
    contract: Terms,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write (a folder).")],
    quiet: Quiet = False,
) -> int:
    """Write empty layers and the list of fields to send out.  In Python: geo_planner.show.contract.write_template."""
    from ..read.contract import read_contract
    from ..show.contract import write_template

    for path in write_template(read_contract(contract), output):
        if not quiet:
            print(words.printable(str(path)))
    return 0


@contracts.command(name="check")
def contract_check(
    contract: Terms,
    folder: Folder,
    last: Annotated[Path | None, typer.Option("--since", help="Last month's delivery.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write (a folder).")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 on any difference to be mended.")] = False,
    lang: Lang = "zh",
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Hold a delivery against its contract.  In Python: geo_planner.read.contract.check_delivery(contract, delivery)."""
    from ..read.contract import check_delivery, delivered, read_contract
    from ..show.contract import gate_json, write_gate

    terms = read_contract(contract)
    gate = check_delivery(terms, delivered(folder), delivered(last) if last else None)
    written = write_gate(gate, output, lang=lang) if output else []
    if as_json:
        print(json.dumps(gate_json(gate), ensure_ascii=False))
    else:
        for one in sorted(gate.differences, key=lambda d: not d.breach):
            print(("! " if one.breach else "· ") + words.printable(getattr(one, lang)))
        if not gate.breaches:
            print("符合约定" if lang == "zh" else "as contracted")
        if written and not quiet:
            say("  ".join(str(p) for p in written))
    unreadable = any(d.kind == "unreadable" for d in gate.differences)
    return 2 if unreadable or (strict and gate.breaches) else 1 if gate.breaches else 0
