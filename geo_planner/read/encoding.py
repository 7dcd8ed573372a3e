"""The encoding of a table's text: the bytes decide over .cpg and language id.

Strict UTF-8 first, because other text hardly ever passes for it; then what the file declares; then GB18030 against
Big5 by the share of everyday characters. Where no single encoding fits, each value is decoded by itself.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..plan.plan import Note
from .notes import note

LANGUAGE_IDS = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x08: "cp865",
    0x13: "cp932",
    0x1F: "cp852",
    0x26: "cp866",
    0x4D: "gb18030",
    0x4E: "cp949",
    0x4F: "cp950",
    0x50: "cp874",
    0x57: "cp1252",
    0x58: "cp1252",
    0x59: "cp1252",
    0x64: "cp852",
    0x65: "cp866",
    0x66: "cp865",
    0x78: "cp950",
    0x79: "cp949",
    0x7A: "gb18030",
    0x7B: "cp932",
    0x7C: "cp874",
    0xC8: "cp1250",
    0xC9: "cp1251",
    0xCA: "cp1254",
    0xCB: "cp1253",
    0xCC: "cp1257",
}
"""Language driver byte 29 of a .dbf to a codec; 0x57 is what desktop exports write over anything."""

_NAMES = {
    "936": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "54936": "gb18030",
    "950": "cp950",
    "big5": "cp950",
    "65001": "utf-8",
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "88591": "latin-1",
    "iso88591": "latin-1",
    "932": "cp932",
    "949": "cp949",
    "utf16": "utf-16",
    "1200": "utf-16",
}

SHOWN = {"gb18030": "GB18030", "cp950": "Big5", "utf-8": "UTF-8", "ascii": "ASCII", "mixed": "UTF-8 + GB18030"}
"""How an encoding is named to people."""

_BELIEVED = 0.7  # share of everyday hanzi from which text that also decodes otherwise is taken for Chinese


@dataclass(frozen=True)
class Decision:
    """The encoding chosen for a table, where it comes from, and what has to be said about it."""

    codec: str
    source: str
    notes: tuple[Note, ...] = ()


def codec_of(text: str) -> str | None:
    """Return the codec that a declaration such as `GBK`, `936` or `ISO 8859-1` means, None where it means nothing."""
    word = re.sub(r"[\s_]|^(ansi|oem|windows|cp)[\s-]*", "", text.strip().strip("\ufeff\x00").lower())
    if word in _NAMES or word.replace("-", "") in _NAMES:
        return _NAMES.get(word) or _NAMES[word.replace("-", "")]
    for name in (word, f"cp{word}", word.replace("iso", "iso-")):
        try:
            return codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
    return None


def decide(samples: Iterable[bytes], declared: str | None, declared_by: str = "") -> Decision:
    """Return the encoding of a table from its texts and from what the file declares of itself.

    `samples` are the texts as bytes; `declared` is a codec, `declared_by` where it stands (".cpg", "language id").
    """
    texts = [s for s in samples if any(b > 0x7F for b in s)]
    if not texts:
        return Decision(declared or "ascii", declared_by or "bytes")
    fits = {codec: sum(decodes(t, codec) for t in texts) / len(texts) for codec in ("utf-8", "gb18030", "cp950")}
    if fits["utf-8"] == 1 and _is_real_utf8(texts, declared):
        return _chosen("utf-8", declared, declared_by, 1.0)
    if declared == "gb18030" and fits["cp950"] == 1 and everyday_gb(texts) < 0.2 and everyday_big5(texts) > 0.9:
        doubt = note("IM205", len(texts), {"encoding": "Big5", "other": "GB18030"})  # 臺灣 would be read as 籓芖
        return Decision("cp950", "bytes", (doubt,))
    if (
        declared
        and declared != "utf-8"
        and all(decodes(t, declared) for t in texts)
        and not _hides_chinese(texts, declared)
    ):
        return Decision(declared, declared_by)
    if 0 < fits["utf-8"] < 1 and _mixes(texts):
        what = f"UTF-8 {fits['utf-8']:.0%}, GB18030 {1 - fits['utf-8']:.0%}"
        return Decision("mixed", "bytes", (note("IM204", len(texts), {"what": what}),))
    return _east_asian(texts, fits, declared, declared_by)


def _east_asian(texts: list[bytes], fits: dict[str, float], declared: str | None, declared_by: str) -> Decision:
    gb, big5 = everyday_gb(texts), everyday_big5(texts)
    if fits["cp950"] == 1 and big5 > max(gb + 0.2, _BELIEVED) and _speaks_big5(texts):
        doubt = note("IM205", len(texts), {"encoding": "Big5", "other": "GB18030"})
        return Decision("cp950", "bytes", (doubt,))
    if fits["gb18030"] >= 0.5 and (gb >= 0.4 or _has_four_bytes(texts)):
        return _chosen("gb18030", declared, declared_by, fits["gb18030"])
    other = declared if declared and declared != "utf-8" else "cp1252"
    if declared is None and all(_is_latin(t) for t in texts):
        return Decision("cp1252", "default")
    doubt = note("IM205", len(texts), {"encoding": other, "other": "GB18030"})
    return Decision(other, "guess", (doubt,))


_MARKS = {0xA3, 0xA7, 0xA9, 0xAE, *range(0xB0, 0xB8)}
"""Bytes that are £, §, ©, ®, °, ±, ², ³, ´, µ, ¶ and · in Western text, and the first halves of hanzi in Big5."""


def _speaks_big5(texts: list[bytes]) -> bool:
    """Whether something in the texts can hardly be Western: a pair of two high bytes, or a text of nothing but hanzi.

    The degree sign before a letter (30°C) is such a pair by accident, and no Chinese.
    """
    whole = re.compile(rb"(?:[\xa4-\xc6\xc9-\xf9][\x40-\x7e\xa1-\xfe]){2,}")
    return any(
        re.search(rb"[\xa1-\xf9][\xa1-\xfe]", t) or (whole.fullmatch(t.strip()) and not set(t[::2]) <= _MARKS)
        for t in texts
    )


def _is_latin(text: bytes) -> bool:
    """Whether accented letters stand alone between plain ones, as in Western words.

    Hanzi come in pairs of high bytes.
    """
    return not re.search(rb"[\x80-\xbf]|[\xc0-\xff]{2}", text)


def _chosen(codec: str, declared: str | None, declared_by: str, share: float) -> Decision:
    if declared == codec:
        return Decision(codec, declared_by)
    args = {"encoding": SHOWN.get(codec, codec), "share": f"{share:.0%}"}
    if declared is None:
        return Decision(codec, "bytes", (note("IM201", 1, args),))
    args |= {"declared": SHOWN.get(declared, declared), "declared_by": declared_by}
    return Decision(codec, "bytes", (note("IM202", 1, args),))


def decodes(text: bytes, codec: str) -> bool:
    """Whether the text decodes, a last character that the field's width cut in half allowed."""
    return _decode_cut(text, codec) is not None


def decode(text: bytes, codec: str) -> tuple[str, str]:
    """Return the text and what had to be done to it: "", "cut" for a dropped half character, "replaced"."""
    if codec == "mixed":
        codec = "utf-8" if decodes(text, "utf-8") else "gb18030"
    try:
        return text.decode(codec), ""
    except (UnicodeDecodeError, UnicodeError):
        cut = _decode_cut(text, codec)
        return (cut, "cut") if cut is not None else (text.decode(codec, "replace"), "replaced")


def _decode_cut(text: bytes, codec: str) -> str | None:
    for end in range(4):  # a cut character leaves at most three bytes behind
        try:
            whole = text[: len(text) - end].decode(codec)
            # Where nothing but plain letters is left, the bytes dropped were no cut character but another encoding.
            return whole if not end or not whole.isascii() else None
        except (UnicodeDecodeError, UnicodeError):
            if end >= len(text) or (end and text[-end] < 0x80):
                return None
    return None


def _is_real_utf8(texts: list[bytes], declared: str | None) -> bool:
    """Three-byte characters are proof; two-byte ones also arise by chance in short Chinese text."""
    three = any(ord(c) >= 0x800 for t in texts for c in (_decode_cut(t, "utf-8") or ""))
    return three or declared in {None, "utf-8"} or everyday_gb(texts) < 0.4


def _hides_chinese(texts: list[bytes], declared: str) -> bool:
    """Whether text declared as a one-byte encoding is Chinese after all."""
    one_byte = not declared.startswith(("gb", "cp9", "big5", "euc", "shift"))
    return one_byte and all(decodes(t, "gb18030") for t in texts) and everyday_gb(texts) >= _BELIEVED


def _mixes(texts: list[bytes]) -> bool:
    rest = [t for t in texts if not decodes(t, "utf-8")]
    return (
        len(rest) < len(texts)
        and everyday_gb(rest) >= 0.4
        and any(ord(c) >= 0x800 for t in texts if decodes(t, "utf-8") for c in (_decode_cut(t, "utf-8") or ""))
    )


def _has_four_bytes(texts: list[bytes]) -> bool:
    return any(re.search(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]", t) for t in texts)


def everyday_gb(texts: Iterable[bytes]) -> float:
    """Share of double-byte characters that are everyday simplified hanzi (GB 2312 level 1, B0A1 to D7F9) or marks."""
    return _share(texts, lambda a, b: b >= 0xA1 and (0xB0 <= a <= 0xD7 or 0xA1 <= a <= 0xA3))


def everyday_big5(texts: Iterable[bytes]) -> float:
    """Share of double-byte characters that are everyday traditional hanzi (Big5 level 1, A440 to C67E) or marks."""
    return _share(texts, lambda a, b: 0xA1 <= a <= 0xC6 and (0x40 <= b <= 0x7E or b >= 0xA1))


def _share(texts: Iterable[bytes], everyday: Callable[[int, int], bool]) -> float:
    good = total = 0
    for text in texts:
        at = 0
        while at < len(text):
            if text[at] < 0x81:
                at += 1
                continue
            if at + 1 < len(text):
                total += 1
                good += everyday(text[at], text[at + 1])
            at += 2
    return good / total if total else 0.0
