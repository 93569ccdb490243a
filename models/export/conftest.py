"""The tests' options, and the numbers they measured, printed at the end."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from measure import one_thread
from model_folder import HERE

REPOSITORY = HERE.parent.parent
PICTURES = {".jpg", ".jpeg", ".png"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--images",
        type=Path,
        default=REPOSITORY.parent / "shared" / "data" / "images",
        help="folder of JPEG and PNG pictures to compare on (default: ../shared/data/images beside this checkout)",
    )
    parser.addoption(
        "--network", type=Path, help="the original .tflite of test_person.py (default: from the installed package)"
    )
    parser.addoption("--full", action="store_true", help="also the tests of the largest network, which take minutes")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a picture; none at all is one skipped test that says where pictures were looked for."""
    if "picture" not in metafunc.fixturenames:
        return
    folder = metafunc.config.getoption("--images")
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURES)
    missing = pytest.mark.skip(reason=f"no pictures in {folder}; name a folder with --images")
    metafunc.parametrize(
        "picture", found or [pytest.param(None, marks=missing)], ids=[path.name for path in found] or ["none"]
    )


@pytest.fixture(scope="module")
def open_hand(pytestconfig: pytest.Config) -> np.ndarray:
    """The picture of an open hand, 640 x 480, BGR."""
    path = pytestconfig.getoption("--images") / "hand-open.png"
    if not path.exists():
        pytest.skip(f"there is no {path}; name a folder that has it with --images")
    return cv2.imread(str(path))


def session(model: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model, one_thread(), providers=["CPUExecutionProvider"])


def pytest_terminal_summary(terminalreporter) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call" and report.user_properties:
            numbers = ", ".join(f"{name} {value}" for name, value in report.user_properties)
            terminalreporter.write_line(f"{report.nodeid.split('::')[-1]}: {numbers}")
