"""The installed command as a child process: arguments as a list, never a shell; cancelled means killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

EXITS = {
    0: "完成，未发现问题 / clean",
    1: "完成，有问题、差异，或证据不足 / findings, differences or too little evidence",
    2: "用法或输入有误 / wrong use or input",
    3: "程序自身故障，与数据无关 / a fault of geo-planner, not of your data",
}
_OF_QGIS = ("PYTHONHOME", "PYTHONPATH", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH", "VIRTUAL_ENV")
_TAIL = 4000


class CommandError(Exception):
    """The command cannot be started, or failed; the text is a sentence for the user."""


def exit_words(code: int) -> str:
    """Return what an exit code of the command means, in words."""
    return EXITS.get(code, f"异常结束，代码 {code} / ended unexpectedly with code {code}")


def located(command: str) -> str:
    """Return the full path of the command.

    Raises
    ------
    CommandError
        There is no such program, or it is a batch file, whose arguments a shell would read.
    """
    found = shutil.which(command.strip()) if command.strip() and "\0" not in command else None
    if found is None:
        msg = f"找不到命令“{command}”，请在参数“命令”中填写 geo-planner 的完整路径 / there is no command {command!r}"
        raise CommandError(msg)
    if found.lower().endswith((".bat", ".cmd")):
        msg = f"不接受批处理文件“{found}” / {found!r} is a batch file; name the geo-planner program itself"
        raise CommandError(msg)
    return str(Path(found).absolute())


def run(command: str, arguments: Sequence[str], cancelled: Callable[[], bool]) -> tuple[int, str, str]:
    """Run the command to its end and return exit code, output and talk; a cancelled one is killed with its children.

    Raises
    ------
    CommandError
        It cannot be started, or the user cancelled.
    """
    if any("\0" in word for word in arguments):
        msg = "参数中有空字符 / an argument holds a NUL character"
        raise CommandError(msg)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as talk:
        child = _started([located(command), *arguments], out, talk)
        while True:
            try:
                code = child.wait(0.2)
                break
            except subprocess.TimeoutExpired:
                if cancelled():
                    _kill(child)
                    msg = "已取消 / cancelled"
                    raise CommandError(msg) from None
        return code, _text(out), _text(talk)


def _started(words: list[str], out: object, talk: object) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if name not in _OF_QGIS}
    window = {"creationflags": 0x08000000} if sys.platform == "win32" else {"start_new_session": True}
    streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": talk}
    try:
        return subprocess.Popen(words, env=clean, **streams, **window)  # type: ignore[call-overload, no-any-return]
    except OSError as reason:
        msg = f"命令无法启动 / the command cannot be started: {reason}"
        raise CommandError(msg) from reason


def _kill(child: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        quiet = {"creationflags": 0x08000000, "capture_output": True}
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], check=False, **quiet)
    else:
        os.killpg(child.pid, 9)
    child.wait()


def _text(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    return str(stream.read().decode("utf-8", "replace"))  # type: ignore[attr-defined]


def told(code: int, talk: str) -> str:
    """Return the words of an exit code with the last that the command said."""
    return f"{exit_words(code)}\n{talk[-_TAIL:].strip()}".strip()
