"""Prints what a model costs on one thread of the CPU: milliseconds a run, and the memory it adds to a process."""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime

WARM_UP_RUNS = 3
RESIDENT_KEY = "VmRSS:"


def resident_mib() -> float:
    """The process's resident memory; Linux only."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(RESIDENT_KEY):
            return int(line.split()[1]) / 1024
    raise SystemExit("this system does not tell a process's resident memory in /proc/self/status")


def one_thread() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return options


def values(taken: onnxruntime.NodeArg, batch: int) -> np.ndarray:
    shape = [batch if isinstance(length, str) else length for length in taken.shape]
    random = np.random.default_rng(1)
    if taken.type == "tensor(uint8)":
        return random.integers(0, 256, shape, np.uint8)
    # Of tokens and the like 0, which is one of every vocabulary.
    return np.zeros(shape, np.int32) if taken.type == "tensor(int32)" else random.random(shape, np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a model.onnx with inputs of uint8, int32 or float32")
    parser.add_argument("--runs", type=int, default=200, help="timed runs (default: 200)")
    parser.add_argument(
        "--batch", type=int, default=1, help="inputs in a run, where the graph takes any number (default: 1)"
    )
    options = parser.parse_args()

    before = resident_mib()
    session = onnxruntime.InferenceSession(options.model, one_thread(), providers=["CPUExecutionProvider"])
    feed = {taken.name: values(taken, options.batch) for taken in session.get_inputs()}
    for _ in range(WARM_UP_RUNS):
        session.run(None, feed)
    after = resident_mib()

    millis = []
    for _ in range(options.runs):
        start = time.perf_counter()
        session.run(None, feed)
        millis.append((time.perf_counter() - start) * 1000)
    median, best = statistics.median(millis), min(millis)
    print(f"memory {after - before:.1f} MiB, {median:.2f} ms a run (median), {best:.2f} at best")


if __name__ == "__main__":
    main()
