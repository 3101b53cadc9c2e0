"""The model's own processes: pictures are read there, never in the server.

What belongs here: starting them late, loading the model once in each, replacing one that died, and ending all at
once with the server. Kept out: what the model is; it is named by a dotted path, `package.module:function`.

Each process has a pipe of its own. A pool of the standard library shares one queue between them, and a process that
dies while a large picture is in that queue can leave its pool waiting for ever (python/cpython#94777).

This module is imported by every process, so it imports nothing heavy.
"""

import asyncio
import importlib
import importlib.util
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from yorutsuke_pipeline.local_aws.bedrock.errors import ModelError

DEFAULT_MODEL = "yorutsuke_pipeline.local_aws.model:answer"
ENVIRONMENT_NAME = "YORUTSUKE_BEDROCK_MODEL"
_TRIES = 3


class UnknownModelError(ValueError):
    """The model that the environment names is nowhere on the path."""


def model_from_environment(environment: Mapping[str, str]) -> str:
    """Return the model in YORUTSUKE_BEDROCK_MODEL, or the small one of our own where it is not set.

    Raises:
        UnknownModelError: Its module is not on the path of this process.
    """
    dotted_path = environment.get(ENVIRONMENT_NAME, "").strip()
    if not dotted_path:
        return DEFAULT_MODEL
    module = dotted_path.partition(":")[0]
    try:
        # Found without loading it: that is for the processes.
        is_there = importlib.util.find_spec(module) is not None
    except ImportError:
        is_there = False
    if not is_there:
        raise UnknownModelError(
            f"{ENVIRONMENT_NAME} is {dotted_path}, and there is no module {module} on the path; set PYTHONPATH to its "
            "folder"
        )
    return dotted_path


class SaysSomething(Protocol):
    """What a model function returns: the text, and why it ended in Converse's words (`end_turn`)."""

    @property
    def text(self) -> str:
        """What the model says."""

    @property
    def stop_reason(self) -> str:
        """`end_turn`, `content_filtered`, ..."""


class AnswersPrompts(Protocol):
    """A model function: the whole text of a request, and its images as encoded files."""

    def __call__(self, prompt: str, images: list[bytes]) -> SaysSomething:
        """Answer one request; seconds of CPU are expected."""


@dataclass(frozen=True)
class Reply:
    """What came back from a process; plain strings, so that no class of the model crosses over."""

    text: str = ""
    stop_reason: str = "end_turn"
    failure: str = ""


class ModelWorkers:
    """Processes that answer prompts; none runs until the first question.

    Args:
        model: dotted path of an `AnswersPrompts`.
        processes: how many run at once; as many as cores, since each fills one.
    """

    def __init__(self, *, model: str = DEFAULT_MODEL, processes: int = 2) -> None:
        self._model = model
        # A thread waits on each process, so there are never more processes than threads.
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="bedrock-model")
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._is_closed = False

    async def answer(self, prompt: str, images: Sequence[bytes]) -> Reply:
        """Ask the model.

        Raises:
            ModelError: it raised, or the process died under this request again and again.
        """
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(self._threads, self._ask, prompt, list(images))
        if reply.failure:
            raise ModelError(f"The model failed on this request ({reply.failure}).")
        return reply

    async def close(self) -> None:
        """End the processes at once; a question in work is not finished."""
        with self._lock:
            self._is_closed = True
            for worker in self._all:
                worker.end()
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    def _ask(self, prompt: str, images: list[bytes]) -> Reply:
        for _ in range(_TRIES):
            worker = self._take()
            reply = worker.ask(prompt, images)
            self._give_back(worker, is_alive=reply is not None)
            if reply is not None:
                return reply
        return Reply(failure="its process died each time")

    def _take(self) -> "_Worker":
        with self._lock:
            if self._is_closed:
                raise ModelError("The service is shutting down.")
            if self._idle:
                return self._idle.pop()
            worker = _Worker(self._model)
            self._all.add(worker)
            return worker

    def _give_back(self, worker: "_Worker", *, is_alive: bool) -> None:
        with self._lock:
            if is_alive:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
                worker.end()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, model: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other_end = context.Pipe()
        self._process = context.Process(target=_work, args=(other_end, model), daemon=True)
        self._process.start()
        # Only the process holds its end now, so the pipe breaks when it dies.
        other_end.close()

    def ask(self, prompt: str, images: list[bytes]) -> Reply | None:
        """Ask and wait; None when the process died meanwhile."""
        try:
            self._pipe.send((prompt, images))
            reply: Reply = self._pipe.recv()
        except (EOFError, OSError):
            return None
        return reply

    def end(self) -> None:
        """Kill the process; whoever waits in `ask` gets None."""
        self._process.kill()
        self._process.join()


def _work(pipe: multiprocessing.connection.Connection, model: str) -> None:
    """What runs in the process: answer until the server is gone."""
    # Ctrl-C reaches the whole process group: the server decides, and ends its workers in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = multiprocessing.parent_process()
    if server is not None:
        threading.Thread(target=_exit_with, args=(server.sentinel,), daemon=True).start()
    answer: AnswersPrompts | None = None
    while True:
        prompt, images = pipe.recv()
        try:
            answer = answer or _load(model)
            said = answer(prompt, images)
            reply = Reply(said.text, said.stop_reason)
        except Exception as error:  # noqa: BLE001 - whatever a model raises is this request's failure, not ours
            # The name of the error only: its text could quote the picture.
            reply = Reply(failure=type(error).__name__)
        pipe.send(reply)


def _exit_with(sentinel: int) -> None:
    # After a kill -9 of the server a worker would hold its hundreds of MB until its question is answered.
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _load(dotted_path: str) -> AnswersPrompts:
    module, _, function = dotted_path.partition(":")
    loaded: AnswersPrompts = getattr(importlib.import_module(module), function)
    return loaded
