"""A safe expression on the columns of a layer: text and a table come in, the rows it holds for come out.

Nothing is evaluated by Python: the text is parsed and only the forms listed here are worked on whole columns. A row
whose value is missing is never chosen, whether a comparison or its opposite is asked.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..errors import ScenarioError, UnknownIdError, did_you_mean

_LONGEST = 2000
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt,
        ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    }
)  # fmt: skip
_SUMS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = MappingProxyType(
    {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
)
_TEXTS = ("startswith", "endswith", "contains")
FORMS = (
    "and, or, not, comparisons, in [...], + - * /, area(), length(), year(column), known(column), "
    "startswith(column, 'text')"
)
"""What an expression may hold, as an error tells it."""


def rows_where(layer: str, frame: gpd.GeoDataFrame, text: str) -> np.ndarray[Any, Any]:
    """Whether each row of a layer fits an expression such as `code in ['R2', 'R21'] and start < '2010-01-01'`.

    Raises
    ------
    ScenarioError
        The text is no expression, holds a form that is not allowed, or compares what cannot be compared.
    UnknownIdError
        It names a column that the layer has not.
    """
    if len(text) > _LONGEST:
        msg = f"the expression for layer '{layer}' has {len(text)} characters; at most {_LONGEST} are read."
        raise ScenarioError(msg)
    try:
        tree = ast.parse(text.strip(), mode="eval")
        out = _Columns(layer, frame, text).value(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as reason:
        msg = f"the expression {text!r} cannot be understood: {reason}."
        raise ScenarioError(msg) from reason
    except TypeError as reason:
        msg = f"the expression {text!r} compares what does not fit: {reason}."
        raise ScenarioError(msg) from reason
    if not isinstance(out, pd.Series) or str(out.dtype) not in {"bool", "boolean"}:
        msg = f"the expression {text!r} is no yes or no; compare a column with a value, as in far > 1.5."
        raise ScenarioError(msg)
    return np.asarray(out.fillna(value=False).to_numpy(dtype=bool))


class _Columns:
    """The columns of one layer, and how each form of an expression is worked on them."""

    def __init__(self, layer: str, frame: gpd.GeoDataFrame, text: str) -> None:
        self.layer, self.frame, self.text = layer, frame, text

    def value(self, node: ast.expr) -> Any:
        """Return the value of one part: a column, or a constant."""
        step = getattr(self, f"_{type(node).__name__.lower()}", None)
        if step is None:
            raise ScenarioError(self._refused(type(node).__name__))
        return step(node)

    def _refused(self, what: str) -> str:
        return f"the expression {self.text!r} holds {what}, which is not allowed; use {FORMS}."

    def _constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, str | int | float | bool) and not isinstance(node.value, complex):
            return node.value
        raise ScenarioError(self._refused(repr(node.value)))

    def _list(self, node: ast.List | ast.Tuple) -> list[Any]:
        return [self._constant(one) if isinstance(one, ast.Constant) else self.value(one) for one in node.elts]

    _tuple = _list

    def _name(self, node: ast.Name) -> pd.Series:
        names = [c for c in self.frame.columns if c != self.frame.geometry.name]
        if node.id not in names:
            msg = f"the expression {self.text!r} names '{node.id}', which layer '{self.layer}' has not."
            raise UnknownIdError(msg + did_you_mean(node.id, names))
        return self.frame[node.id].reset_index(drop=True)

    def _boolop(self, node: ast.BoolOp) -> pd.Series:
        parts = [self._truth(one) for one in node.values]
        out = parts[0]
        for part in parts[1:]:
            out = out & part if isinstance(node.op, ast.And) else out | part
        return out

    def _truth(self, node: ast.expr) -> pd.Series:
        out = self.value(node)
        if not isinstance(out, pd.Series) or str(out.dtype) not in {"bool", "boolean"}:
            raise ScenarioError(self._refused(f"'{ast.unparse(node)}' where a yes or no is needed"))
        return out.astype("boolean")

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return ~self._truth(node.operand)
        if isinstance(node.op, ast.USub):
            return -self._number(node.operand)
        raise ScenarioError(self._refused(type(node.op).__name__))

    def _number(self, node: ast.expr) -> Any:
        out = self.value(node)
        plain = isinstance(out, int | float) and not isinstance(out, bool)
        if plain or (isinstance(out, pd.Series) and pd.api.types.is_numeric_dtype(out)):
            return out
        raise ScenarioError(self._refused(f"'{ast.unparse(node)}' where a number is needed"))

    def _binop(self, node: ast.BinOp) -> Any:
        work = _SUMS.get(type(node.op))
        if work is None:
            raise ScenarioError(self._refused(type(node.op).__name__))
        left, right = self._number(node.left), self._number(node.right)
        if (
            work is operator.truediv
            and not isinstance(left, pd.Series)
            and not isinstance(right, pd.Series)
            and not right
        ):
            raise ScenarioError(self._refused("a division by zero"))
        return work(left, right)

    def _compare(self, node: ast.Compare) -> pd.Series:
        sides = [node.left, *node.comparators]
        out = None
        for one, op, two in zip(sides[:-1], node.ops, sides[1:], strict=True):
            part = self._pair(self.value(one), op, self.value(two))
            out = part if out is None else out & part
        assert out is not None
        return out

    def _pair(self, one: Any, op: ast.cmpop, two: Any) -> pd.Series:
        if isinstance(op, ast.In | ast.NotIn) and isinstance(one, pd.Series) and isinstance(two, list):
            found = one.isin([_like(one, v) for v in two]).astype("boolean").mask(one.isna())
            return found if isinstance(op, ast.In) else ~found
        if type(op) not in _COMPARE or isinstance(one, list) or isinstance(two, list):
            raise ScenarioError(self._refused(type(op).__name__))
        if not isinstance(one, pd.Series) and not isinstance(two, pd.Series):
            raise ScenarioError(self._refused("a comparison without a column"))
        missing = pd.Series(False, index=range(len(self.frame)))
        for side in (one, two):
            missing = missing | side.isna() if isinstance(side, pd.Series) else missing
        out = _COMPARE[type(op)](_like(two, one), _like(one, two))
        return out.astype("boolean").mask(missing)

    def _call(self, node: ast.Call) -> pd.Series:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or name not in {"area", "length", "year", "known", *_TEXTS}:
            raise ScenarioError(self._refused(f"a call of '{ast.unparse(node.func)}'"))
        if name in {"area", "length"}:
            return pd.Series(getattr(self.frame.geometry, name).to_numpy())
        column = self.value(node.args[0]) if node.args else None
        if not isinstance(column, pd.Series):
            raise ScenarioError(self._refused(f"{name}() without a column"))
        if name == "known":
            return column.notna()
        if name == "year":
            return pd.to_datetime(column).dt.year
        word = self.value(node.args[1]) if len(node.args) == 2 else None
        if not isinstance(word, str):
            raise ScenarioError(self._refused(f"{name}() without a text"))
        texts = column.astype("str").str
        found = texts.contains(word, regex=False) if name == "contains" else getattr(texts, name)(word)
        return found.astype("boolean").mask(column.isna())


def _like(column: Any, value: Any) -> Any:
    """Return a constant as the type of the column it is compared with; a text beside dates is a day."""
    if not isinstance(column, pd.Series) or isinstance(value, pd.Series):
        return value
    if pd.api.types.is_datetime64_any_dtype(column):
        day = pd.to_datetime(str(value), errors="coerce")
        if pd.isna(day):
            msg = f"{value!r} is not a date; write it as '2026-05-01'"
            raise TypeError(msg)
        return day
    if isinstance(column.dtype, pd.StringDtype) and not isinstance(value, str):
        msg = f"column '{column.name}' holds text, {value!r} does not"
        raise TypeError(msg)
    if pd.api.types.is_numeric_dtype(column) and isinstance(value, str):
        msg = f"column '{column.name}' holds numbers, {value!r} is text"
        raise TypeError(msg)
    return value
