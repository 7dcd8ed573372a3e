"""The seal of a reading child: it can open no socket, whatever a file talks a library into.

On Linux the kernel refuses the call (a seccomp filter that the process cannot take off again); elsewhere the readers'
own checks stand alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import struct
import sys

_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Architecture mark and number of the call `socket`, from the kernel's headers audit.h and unistd.h."""

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # let pass; answer with EACCES
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # instructions: load a word, jump if equal, return


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def close_network() -> bool:
    """Refuse every later call for a socket by this process and its children; return whether the system could do so."""
    marks = _SOCKET.get(platform.machine())
    if sys.platform != "linux" or marks is None:
        return False
    code = _code(*marks)
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(held, ctypes.c_void_p))
    with contextlib.suppress(OSError, AttributeError):
        system = ctypes.CDLL(None)
        if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
            return bool(system.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
    return False


def _code(architecture: int, call: int) -> bytes:
    """Return the filter: on this architecture the call is refused, everything else passes."""
    steps = (
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 0, 3, architecture),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_EQUAL, 0, 1, call),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    )
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
