"""Members spread over processes of this machine or over a Dask cluster; the results are the same everywhere."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from ...errors import MissingExtraError, StudyError
from .member import Job
from .tasks import compute, keep, stored

Done = Callable[[int, dict[str, Any]], None]
_AGAIN = 5
"""How often a broken pool of processes is started anew before the study gives up."""
_WAIT = 10
"""Seconds that a scheduler has to answer."""

_held: dict[str, Job] = {}


def in_processes(job: Job, numbers: Sequence[int], processes: int, done: Done) -> None:
    """Compute members on this machine; a process that is killed costs its member, which is computed again.

    Raises
    ------
    StudyError
        Processes die again and again.
    """
    left = list(numbers)
    if processes == 1:
        for number in left:
            done(number, compute(job, number))
        return
    for _ in range(_AGAIN):
        left = _one_pool(job, left, processes, done)
        if not left:
            return
    msg = f"processes of this study die again and again, {len(left)} members are left; free memory and use --resume."
    raise StudyError(msg)


def _one_pool(job: Job, numbers: Sequence[int], processes: int, done: Done) -> list[int]:
    """Compute members until the pool breaks; return those that are left."""
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    left = dict.fromkeys(numbers)
    with ProcessPoolExecutor(
        min(processes, len(left)), multiprocessing.get_context(method), initializer=_hold, initargs=(job,)
    ) as pool:
        futures = {pool.submit(_held_compute, number): number for number in numbers}
        try:
            for future in as_completed(futures):
                number = futures[future]
                done(number, future.result())
                del left[number]
        except BrokenProcessPool:
            for number in list(left):
                result = stored(job, number)
                if result is not None:
                    done(number, result)
                    del left[number]
    return list(left)


def _hold(job: Job) -> None:
    _held["job"] = job


def _held_compute(number: int) -> dict[str, Any]:
    return compute(_held["job"], number)


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """Give a client of a Dask scheduler.

    Raises
    ------
    MissingExtraError
        `distributed` is not installed (extra `cluster`).
    StudyError
        No scheduler answers at that address.
    """
    try:
        import distributed
    except ImportError as reason:
        package = "distributed"
        raise MissingExtraError(package, "cluster") from reason
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if "://" not in address:
        msg = f"--scheduler {address}: an address begins with its protocol, as tcp://HOST:8786."
        raise StudyError(msg)
    try:
        client = distributed.Client(address, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError, TypeError) as reason:
        msg = f"no Dask scheduler answers at {address}; start one (dask scheduler), or leave --scheduler out."
        raise StudyError(msg) from reason
    try:
        with client.as_current():
            yield client
    finally:
        client.close(timeout=_WAIT)


def on_cluster(job: Job, numbers: Sequence[int], client: Any, done: Done) -> None:
    """Compute members on a Dask cluster; a lost worker costs its member, which the scheduler gives to another.

    Raises
    ------
    StudyError
        The scheduler is gone, or has no workers; what was finished is kept for --resume.
    """
    import distributed

    count = 0
    try:
        client.wait_for_workers(1, timeout=_WAIT * 3)
        held = client.scatter(job, broadcast=True, hash=False)
        futures = client.map(_far_compute, [held] * len(numbers), list(numbers), pure=False, retries=3)
        number_of = {future.key: number for future, number in zip(futures, numbers, strict=True)}
        for future, result in distributed.as_completed(futures, with_results=True, raise_errors=True):
            number = number_of[future.key]
            _received(result)
            if "fault" not in result and stored(job, number) is None:
                keep(job, number, result)
            done(number, result)
            count += 1
    except (OSError, TimeoutError, CancelledError, distributed.scheduler.KilledWorker) as reason:
        msg = (
            f"the Dask scheduler or its workers are gone after {count} of {len(numbers)} members; "
            "what is finished is kept: start them again and run the same command with --resume."
        )
        raise StudyError(msg) from reason


def _received(result: object) -> None:
    """Raise where a future hands out no result but why it was given up: the scheduler is gone."""
    if isinstance(result, BaseException):
        raise CancelledError(str(result)) from result


def _far_compute(job: Job, number: int) -> dict[str, Any]:
    """Return a kept result where this worker sees the folder, else compute it."""
    return stored(job, number) or compute(job, number)
