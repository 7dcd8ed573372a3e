"""The findings dock: a list that zooms to the evidence, and marks that are saved as a review."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsCoordinateTransform, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from .marks import VERDICTS, MarkError, mark, plan_digest, save

COLUMNS = {"severity": "级别", "code": "代码", "text_zh": "问题", "mark": "意见"}
_GRAVE = ("error", "warning", "info")


class FindingsDock(QDockWidget):
    """The findings of one result."""

    def __init__(self, canvas, parent=None):
        super().__init__("geo_planner 问题 / findings", parent)
        self.canvas, self.folder, self.layer, self.rows, self.marks = canvas, None, None, [], {}
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels(list(COLUMNS.values()))
        self.table.setSelectionBehavior(QAbstractItemView.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.table.currentCellChanged.connect(lambda row, *_: self.zoom(row))
        self.verdict, self.reason, self.reviewer, self.said = QComboBox(), QLineEdit(), QLineEdit(), QLabel()
        self.said.setTextFormat(Qt.PlainText)
        for key, word in VERDICTS.items():
            self.verdict.addItem(word, key)
        self.reason.setPlaceholderText("理由 / reason")
        self.reviewer.setPlaceholderText("姓名 / reviewer")
        self.setWidget(self._laid_out())

    def _laid_out(self):
        outer, line, body = QVBoxLayout(), QHBoxLayout(), QWidget()
        for label, act in (("打开结果…", self.choose), ("标记", self.set_mark), ("保存意见…", self.choose_save)):
            button = QPushButton(label)
            button.clicked.connect(lambda _checked, act=act: act())
            line.addWidget(button)
        for widget in (self.table, self.verdict, self.reason, self.reviewer):
            outer.addWidget(widget)
        outer.addLayout(line)
        outer.addWidget(self.said)
        body.setLayout(outer)
        return body

    def open(self, folder):
        """Show the findings of a result folder, the gravest first."""
        self.folder, self.marks = Path(folder), {}
        path = self.folder / "findings.gpkg"
        if not path.exists():  # very many findings lie in a zip
            path = f"/vsizip/{path}.zip/{path.name}"
        self.layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
        found = list(self.layer.getFeatures()) if self.layer.isValid() else []
        grave = {name: place for place, name in enumerate(_GRAVE)}
        self.rows = sorted(found, key=lambda f: (grave.get(f["severity"], len(grave)), f["code"], f["fingerprint"]))
        self.table.setRowCount(len(self.rows))
        names = self.layer.fields().names()
        for row, feature in enumerate(self.rows):
            for column, name in enumerate(COLUMNS):
                text = str(feature[name] or "") if name in names else ""
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.said.setText(f"{len(self.rows)} 条 / findings")

    def zoom(self, row):
        """Move the map to the evidence of a row."""
        if not 0 <= row < len(self.rows) or not self.rows[row].hasGeometry():
            return
        crs = self.canvas.mapSettings().destinationCrs()
        change = QgsCoordinateTransform(self.layer.crs(), crs, QgsProject.instance())
        box = change.transformBoundingBox(self.rows[row].geometry().boundingBox())
        box.grow(max(box.width(), box.height(), 50 if not crs.isGeographic() else 0.0005) * 0.5)
        self.canvas.setExtent(box)
        self.canvas.refresh()

    def set_mark(self):
        """Lay the chosen mark on the current row."""
        row = self.table.currentRow()
        if not 0 <= row < len(self.rows):
            return
        today = QDate.currentDate().toString(Qt.ISODate)
        try:
            one = mark(self.verdict.currentData(), self.reason.text(), self.reviewer.text(), today)
        except MarkError as reason:
            self.said.setText(str(reason))
            return
        self.marks[self.rows[row]["fingerprint"]] = one
        self.table.item(row, list(COLUMNS).index("mark")).setText(self.verdict.currentText())

    def save(self, path):
        """Write the marks as a review of this result."""
        try:
            save(Path(path), plan_digest(self.folder), self.marks)
            self.said.setText(f"已保存 / saved: {path}")
        except (MarkError, OSError) as reason:
            self.said.setText(str(reason))

    def choose(self):
        folder = QFileDialog.getExistingDirectory(self, "结果文件夹 / results")
        if folder:
            self.open(folder)

    def choose_save(self):
        if self.folder is None:
            return
        path, _ = QFileDialog.getSaveFileName(self, "审查意见 / review", str(self.folder / "review.json"), "*.json")
        if path:
            self.save(path)
