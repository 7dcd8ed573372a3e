"""The bytes decide the encoding of a table, over .cpg and language id."""

from pathlib import Path

import pytest

from geo_planner.plan.plan import Note
from geo_planner.read.encoding import codec_of, decide, decode
from geo_planner.read.open import open_layer

from .files import X, Y, box, dbf, names_table, polygon, shapefile

PARKS = ("苏宿工业园区", "居住用地一期", "生态绿地")


def _read(path: Path) -> tuple[list[str], list[str]]:
    (sheet,) = open_layer(path)
    return sheet.frame.iloc[:, 0].tolist(), [n.code for n in sheet.notes]


def _layer(folder: Path, table: bytes, cpg: bytes | None = None) -> Path:
    return shapefile(folder, "园区", [polygon(box(X + 200 * k, Y)) for k in range(3)], table, cpg=cpg)


@pytest.mark.parametrize(
    ("encoding", "cpg", "said"),
    [
        ("gb18030", None, ["IM201"]),
        ("gb18030", b"GBK\r\n", []),
        ("gb18030", b"UTF-8", ["IM202"]),
        ("utf-8", None, ["IM201"]),
        ("utf-8", b"UTF-8", []),
        ("utf-8", b"936", ["IM202"]),
        ("gb18030", b"<html>404", ["IM206", "IM201"]),
    ],
)
def test_chinese_text_is_read_right_whatever_the_cpg_says(tmp_path, encoding, cpg, said):
    names, codes = _read(_layer(tmp_path, names_table(*PARKS, encoding=encoding), cpg))
    assert names == list(PARKS)
    assert codes == said


def test_a_language_id_of_936_is_a_declaration_and_needs_no_note(tmp_path):
    assert _read(_layer(tmp_path, names_table(*PARKS, language=0x4D))) == (list(PARKS), [])


def test_gbk_under_the_language_id_for_ansi_is_still_gbk(tmp_path):
    names, codes = _read(_layer(tmp_path, names_table(*PARKS, language=0x57)))
    assert (names, codes) == (list(PARKS), ["IM202"])


def test_rows_of_two_encodings_are_decoded_one_by_one(tmp_path):
    table = dbf([(b"NAME", "C", 40)], [[PARKS[0].encode()], [PARKS[1].encode("gbk")], [PARKS[2].encode()]])
    names, codes = _read(_layer(tmp_path, table))
    assert names == list(PARKS)
    assert codes == ["IM204"]


def test_half_a_character_at_the_end_costs_only_itself(tmp_path):
    table = dbf([(b"NAME", "C", 5)], [["地块一".encode("gbk")[:5]], [b"A"], [b"B"]])
    names, codes = _read(_layer(tmp_path, table))
    assert names == ["地块", "A", "B"]
    assert "IM203" in codes


def test_big5_is_taken_for_big5_and_the_doubt_is_said():
    choice = decide([t.encode("big5") for t in ("臺北科學園區", "綠地", "住宅區", "商業區")], None)
    assert (choice.codec, [n.code for n in choice.notes]) == ("cp950", ["IM205"])


def test_an_honest_cyrillic_declaration_is_believed():
    choice = decide(["Москва".encode("cp1251"), "улица Ленина".encode("cp1251")], "cp1251", ".cpg")
    assert (choice.codec, choice.notes) == ("cp1251", ())


def test_a_single_accent_between_plain_letters_is_western():
    assert decide(["Charløtte".encode("cp1252")], None).codec == "cp1252"


def test_the_users_encoding_goes_before_everything(tmp_path):
    from geo_planner.read.open import Opening

    path = _layer(tmp_path, names_table("臺北", "綠地", "住宅", encoding="big5"))
    (sheet,) = open_layer(path, Opening(encoding="big5"))
    assert sheet.frame["NAME"].tolist() == ["臺北", "綠地", "住宅"]
    assert sheet.encoding_source == "--encoding"


@pytest.mark.parametrize(
    ("word", "codec"),
    [
        ("936", "gb18030"),
        ("GBK\r\n", "gb18030"),
        ("ISO 8859-1", "latin-1"),
        ("utf-8", "utf-8"),
        ("ANSI 936", "gb18030"),
        ("<html>", None),
        ("", None),
    ],
)
def test_a_cpg_word_names_a_codec(word, codec):
    assert codec_of(word) == codec


def test_bytes_that_no_encoding_explains_are_replaced_and_counted():
    text, trouble = decode(b"\xff\xffA", "utf-8")
    assert (text, trouble) == ("��A", "replaced")


def test_notes_of_an_encoding_carry_the_share_that_decodes():
    (said,) = decide([t.encode("gbk") for t in PARKS], None).notes
    assert said == Note("IM201", "repair", args={"encoding": "GB18030", "share": "100%"})
