"""What is told of coordinate systems, in Chinese: evidence, reasons and errors, by the turns of phrase of `read.crs`."""

from __future__ import annotations

import re

_TURNS = (
    (r"degrees; a web map's GCJ-02 cannot be ruled out", "经纬度；不排除网络地图的 GCJ-02 偏移"),
    (r"zone number (\d+) in front of the easting, ([36])° zones", r"横坐标带号 \1，\2 度带"),
    (r"central meridian (\d+)°E puts it at (\S+°E \S+°N)", r"按中央经线 \1°E 落在 \2"),
    (r"UTM is possible too", "也可能是 UTM"),
    (r"latitude comes first", "纬度在前"),
    (r"northing stored as x", "纵坐标存成了横坐标"),
    (r"swap x and y, ", "交换横纵坐标，"),
    (r"\((\.prj) is empty\)", r"（\1 为空）"),
    (r"\((.+?) cannot be understood\)", r"（\1 无法识别）"),
    (r"\(it is not of this planet\)", "（不是地球椭球）"),
    (r"\(a local grid is declared\)", "（声明为地方独立坐标系）"),
    (
        r"\((\S+) is declared, in metres, but the numbers look like degrees\)",
        r"（声明为 \1，单位为米，但数值像经纬度）",
    ),
    (
        r"^(.+?) points to other files\. Write the coordinate system as EPSG:4527, for example\.$",
        r"\1 指向其他文件。坐标系请写成 EPSG:4527 这样的形式。",
    ),
    (
        r"^(.+?) is no coordinate system\. Write it as EPSG:4527, for example\.$",
        r"\1 不是坐标系。请写成 EPSG:4527 这样的形式。",
    ),
    (
        r"^(.+?) names a coordinate system that cannot be placed on the earth\. Write it as EPSG:4527\.$",
        r"\1 所指坐标系无法对应到地球上的位置。请写成 EPSG:4527 这样的形式。",
    ),
    (
        r"^(.+?): the coordinates \(x from (\S+) to (\S+), y from (\S+) to (\S+)\) cannot lie in (.+?)\. Candidates: (.*)\.$",
        r"\1：坐标（横坐标 \2 至 \3，纵坐标 \4 至 \5）不可能位于 \6。候选坐标系：\7。",
    ),
    (
        r"^(.+?): the file names a coordinate system that is unknown \((.+?)\)\. Pass --crs\.$",
        r"\1：文件所注坐标系无法识别（\2）。请用 --crs 指定。",
    ),
    (
        r"^(.+?): the coordinates \(x from (\S+) to (\S+)\) are out of range for (.+?), which the (.+?) declares; they look "
        r"like metres\. Candidates: (.*)\. Pass --force-crs EPSG:…, or --accept to take the first\.$",
        r"\1：坐标（横坐标 \2 至 \3）超出 \5 所声明的 \4 的范围，数值像米。候选坐标系：\6。"
        r"请用 --force-crs EPSG:… 指定，或用 --accept 采用第一个候选。",
    ),
    (
        r"^(.+?): the coordinate system is unknown(, for the coordinates do not fit the one declared)?\. Candidates: (.*)\. "
        r"Pass --crs EPSG:…, or --accept to take the first\.$",
        lambda m: (
            f"{m[1]}：坐标系不明{'（坐标与所声明的坐标系不符）' if m[2] else ''}。候选坐标系：{m[3]}。"
            "请用 --crs EPSG:… 指定，或用 --accept 采用第一个候选。"
        ),
    ),
    (
        r"^(.+?) holds several layers \((.+?)\), and none says its coordinate system, so nothing tells whether they lie in "
        r"one\. Name one with --layer, or pass --crs for all\.$",
        r"\1 含多个图层（\2），均未注明坐标系，无法判断是否一致。请用 --layer 指定其一，或用 --crs 统一指定。",
    ),
    (
        r"^(.+?) does not say where it lies\. Save it as a GeoTIFF with its coordinate system\.$",
        r"\1 没有位置信息。请另存为带坐标系的 GeoTIFF。",
    ),
    (r"an equal-area grid at (\S+) (\S+)", r"以 \1 \2 为中心的等积投影"),
    (r"Equal Earth", "等积地球投影"),
    (r"crs member", "坐标系字段"),
    (r"(?<=出 )format(?= 所声明)", "文件格式"),
    (r"coordinate columns", "坐标列"),
)
_INSIDE = (
    (r"\bnone\b", "无"),
    (r"\(degrees\)", "（经纬度）"),
    (r"EPSG:(\d+) \(([^()]*[一-鿿][^()]*)\)", r"EPSG:\1（\2）"),
    (r"; ", "；"),
)
"""Words inside a text of which a turn is known; in any other text they are left alone."""
_KNOWN, _WITHIN = (tuple((re.compile(pattern), told) for pattern, told in some) for some in (_TURNS, _INSIDE))


def crs_zh(text: str) -> str:
    """A text of `read.crs` as a Chinese reader has it; what no turn of phrase knows stays as it is."""
    told = text
    for pattern, words in _KNOWN:
        told = pattern.sub(words, told)
    for pattern, words in _WITHIN if told != text else ():
        told = pattern.sub(words, told)
    return told
