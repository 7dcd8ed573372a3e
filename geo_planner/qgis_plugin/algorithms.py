"""The algorithms in the Processing toolbox: each fills the arguments of one command."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsSettings,
)

from .command import CommandError, exit_words, run, told
from .results import load_plan, load_results, result_folders

SETTING = "geo_planner/command"


class Command(QgsProcessingAlgorithm):
    """One command of geo-planner; what differs stands in its sub-classes."""

    NAME, TITLE, TOML = "", "", "TOML (*.toml)"

    def createInstance(self):
        return type(self)()

    def name(self):
        return self.NAME

    def displayName(self):
        return self.TITLE

    def initAlgorithm(self, _configuration=None):
        for parameter in self.inputs():
            self.addParameter(parameter)
        usual = QgsSettings().value(SETTING, "geo-planner")
        command = QgsProcessingParameterString("COMMAND", "命令 / command", usual)
        command.setFlags(command.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        self.addParameter(command)

    def path(self, parameters, name, context):
        """Return a parameter as an absolute path, or nothing where it is empty."""
        text = self.parameterAsString(parameters, name, context)
        return str(Path(text).absolute()) if text else ""

    def sources(self, parameters, context):
        """Return the files and the folder given, as absolute paths: none can be taken for an option."""
        files = self.parameterAsFileList(parameters, "FILES", context) if parameters.get("FILES") else []
        folder = self.path(parameters, "FOLDER", context)
        found = [str(Path(f).absolute()) for f in files] + ([folder] if folder else [])
        if not found:
            raise QgsProcessingException("请给出文件或文件夹 / give files or a folder")
        return found

    def crs(self, parameters, context):
        """Return the options that name a coordinate system, and force it."""
        crs = self.parameterAsString(parameters, "CRS", context)
        forced = self.parameterAsBoolean(parameters, "FORCE_CRS", context)
        return ([f"--crs={crs}"] if crs else []) + (["--force-crs"] if crs and forced else [])

    def terms(self, parameters, context):
        """Return the options that name ledgers and a contract, by absolute paths."""
        ledgers = self.parameterAsFileList(parameters, "LEDGERS", context) if parameters.get("LEDGERS") else []
        contract = self.path(parameters, "CONTRACT", context)
        return [f"--ledger={Path(one).absolute()}" for one in ledgers] + (
            [f"--contract={contract}"] if contract else []
        )

    def target(self, parameters, context):
        return str(Path(self.parameterAsFileOutput(parameters, "OUTPUT", context)).absolute())

    def processAlgorithm(self, parameters, context, feedback):
        self.output = self.target(parameters, context)
        command = self.parameterAsString(parameters, "COMMAND", context)
        words = self.arguments(parameters, context)
        feedback.pushCommandInfo(repr([command, *words]))
        try:
            code, out, talk = run(command, words, feedback.isCanceled)
        except CommandError as reason:
            raise QgsProcessingException(str(reason)) from reason
        if code not in (0, 1):
            raise QgsProcessingException(told(code, talk))
        feedback.pushInfo(out)
        feedback.pushInfo(exit_words(code))
        return {"OUTPUT": self.output, "EXIT": code, "WORDS": exit_words(code)}

    def postProcessAlgorithm(self, context, _feedback):
        return {"OUTPUT": self.output, "LOADED": self.load(context.project())}

    def load(self, _project):
        return 0


def _sources():
    return [
        QgsProcessingParameterMultipleLayers("FILES", "文件 / files", QgsProcessing.TypeFile, optional=True),
        QgsProcessingParameterFile("FOLDER", "文件夹 / folder", QgsProcessingParameterFile.Folder, optional=True),
        QgsProcessingParameterString("CRS", "未声明坐标系的图层按此 / CRS of layers that name none", "", optional=True),
        QgsProcessingParameterBoolean("FORCE_CRS", "所有图层都按此坐标系 / that CRS for every layer", False),
    ]


def _terms():
    """Return the parameters for what a bureau sends beside its layers, and for what was agreed with it."""
    file = QgsProcessingParameterFile.File
    return [
        QgsProcessingParameterMultipleLayers("LEDGERS", "台账 / ledgers", QgsProcessing.TypeFile, optional=True),
        QgsProcessingParameterFile("CONTRACT", "数据约定 / contract", file, optional=True, fileFilter=Command.TOML),
    ]


class Read(Command):
    """Files to one plan."""

    NAME, TITLE = "read", "读入数据 / read"

    def inputs(self):
        return [*_sources(), QgsProcessingParameterFileDestination("OUTPUT", "规划数据 / plan", "GeoPackage (*.gpkg)")]

    def arguments(self, parameters, context):
        return ["read", "-o", self.output, *self.crs(parameters, context), "--", *self.sources(parameters, context)]

    def load(self, project):
        return load_plan(self.output, project)


class Judged(Command):
    """A command that writes a folder with a map and a project."""

    def load(self, project):
        return sum(load_results(folder, project) for folder in result_folders(self.output))


class Check(Judged):
    """Layers as they are, judged."""

    NAME, TITLE = "check", "检查现状 / check"

    def inputs(self):
        profile = QgsProcessingParameterString("PROFILE", "参数集 / profile", "china")
        return [*_sources(), *_terms(), profile, QgsProcessingParameterFolderDestination("OUTPUT", "结果 / results")]

    def arguments(self, parameters, context):
        profile = f"--profile={self.parameterAsString(parameters, 'PROFILE', context)}"
        options = [profile, *self.crs(parameters, context), *self.terms(parameters, context)]
        return ["check", "-o", self.output, *options, "--", *self.sources(parameters, context)]


class Run(Judged):
    """A scenario, judged."""

    NAME, TITLE = "run", "运行情景 / run"

    def inputs(self):
        file = QgsProcessingParameterFile.File
        return [
            QgsProcessingParameterFile("SCENARIO", "情景 / scenario", file, fileFilter=self.TOML),
            QgsProcessingParameterFile("REVIEW", "审查意见 / review", file, optional=True, fileFilter="JSON (*.json)"),
            *_terms(),
            QgsProcessingParameterFolderDestination("OUTPUT", "结果 / results"),
        ]

    def arguments(self, parameters, context):
        review = self.path(parameters, "REVIEW", context)
        marks = [*([f"--review={review}"] if review else []), *self.terms(parameters, context)]
        return ["run", "-o", self.output, *marks, "--", self.path(parameters, "SCENARIO", context)]


class Compare(Command):
    """Scenarios beside one another."""

    NAME, TITLE = "compare", "比较情景 / compare"

    def inputs(self):
        return [
            QgsProcessingParameterMultipleLayers("FILES", "情景，首个为基准 / scenarios", QgsProcessing.TypeFile),
            QgsProcessingParameterFileDestination("OUTPUT", "比较 / comparison", "HTML (*.html);;XLSX (*.xlsx)"),
        ]

    def arguments(self, parameters, context):
        return ["compare", "-o", self.output, "--", *self.sources(parameters, context)]


class ContractCheck(Command):
    """A month's delivery against its contract."""

    NAME, TITLE = "contractcheck", "核对交付 / contract check"

    def inputs(self):
        folder = QgsProcessingParameterFile.Folder
        return [
            QgsProcessingParameterFile("CONTRACT", "数据约定 / contract", fileFilter=self.TOML),
            QgsProcessingParameterFile("DELIVERY", "本次交付 / delivery", folder),
            QgsProcessingParameterFile("SINCE", "上次交付 / last delivery", folder, optional=True),
            QgsProcessingParameterFolderDestination("OUTPUT", "结果 / results"),
        ]

    def arguments(self, parameters, context):
        since = self.path(parameters, "SINCE", context)
        paths = [self.path(parameters, name, context) for name in ("CONTRACT", "DELIVERY")]
        return ["contract", "check", "-o", self.output, *([f"--since={since}"] if since else []), "--", *paths]


ALGORITHMS = (Read, Check, Run, Compare, ContractCheck)
