"""The command that installs the public networks: what it writes, what it says, and its labels."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
import torch
from torchvision.models.segmentation import DeepLabV3_ResNet50_Weights
from transformers import SegformerConfig, SegformerForSemanticSegmentation

import public
from conftest import REPOSITORY
from model_folder import HERE, sha256
from public import LABELS, PUBLIC

SMALL_SEGFORMER = {"depths": [1, 1, 1, 1], "hidden_sizes": [16, 32, 64, 128], "decoder_hidden_size": 32}


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / "public.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment or None)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two exports of the fast mode, one after the other, in processes of their own."""
    models = tmp_path_factory.mktemp("models")
    for _ in range(2):
        done = run("fast", "--random-weights", "--size", "320", "--output", str(models))
        assert done.returncode == 0, done.stderr
    return models / "fast"


def test_writes_the_next_version_and_serves_it(installed) -> None:
    manifest = json.loads((installed / "model.json").read_text())
    assert manifest["version"] == 2
    assert manifest["sha256"] == {"2": sha256((installed / "2" / "model.onnx").read_bytes())}
    assert sorted(path.name for path in installed.iterdir()) == ["1", "2", "MODEL_CARD.md", "NOTICE", "model.json"]


def test_exports_the_same_bytes_in_another_process(installed) -> None:
    first, second = ((installed / version / "model.onnx").read_bytes() for version in "12")
    assert first == second


def test_manifest_describes_the_graph(installed) -> None:
    manifest = json.loads((installed / "model.json").read_text())
    model = onnx.load(installed / "2" / "model.onnx")
    (taken,), (given,) = model.graph.input, model.graph.output
    assert (taken.name, given.name) == (manifest["input"]["name"], manifest["output"]["name"])
    sides = [dimension.dim_value for dimension in given.type.tensor_type.shape.dim[1:]]
    assert sides == [manifest["output"]["height"], manifest["output"]["width"]] == [320, 320]


@pytest.mark.parametrize("mode", PUBLIC)
def test_manifest_has_the_keys_of_a_shipped_one(mode) -> None:
    shipped = json.loads((REPOSITORY / "models" / "person" / "model.json").read_text())
    made = public.manifest(mode, next(iter(PUBLIC[mode].memory_mib)), 2, random=False)
    assert made.keys() == shipped.keys()
    assert all(made[part].keys() == shipped[part].keys() for part in ("input", "output", "batch"))


@pytest.mark.parametrize("mode", PUBLIC)
def test_says_what_the_licence_forbids(mode) -> None:
    licence, terms = PUBLIC[mode].licence, PUBLIC[mode].terms
    has_text = (HERE / "licences" / f"{licence}.txt").exists()
    assert has_text or "https://" in terms
    assert ("non-commercial" in licence) == ("NOT FOR COMMERCIAL USE" in terms) == (mode in ("accurate", "sota"))


def test_labels_are_torchvisions() -> None:
    _, *classes = DeepLabV3_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1.meta["categories"]
    assert LABELS["voc"] == ["background", *classes]
    assert len(LABELS["voc"]) == 21


def test_labels_of_ade20k_are_complete() -> None:
    # The benchmark's own numbers, less one.
    known = {0: "wall", 12: "person", 20: "car", 66: "flower", 99: "buffet", 115: "bag", 136: "traffic light", 149: "flag"}
    assert len(LABELS["ade20k"]) == len(set(LABELS["ade20k"])) == 150
    assert {number: LABELS["ade20k"][number] for number in known} == known
    assert all(label == label.strip() and label for label in LABELS["ade20k"])


def test_help_names_every_mode_and_the_restrictions(capsys) -> None:
    with pytest.raises(SystemExit) as done:
        public.main(["--help"])
    said = capsys.readouterr().out
    assert done.value.code == 0
    assert all(mode in said and network.name in said for mode, network in PUBLIC.items())
    assert said.count("NOT for commercial use") == 2


@pytest.mark.parametrize("mode", ["balanced", "accurate"])
def test_failed_download_is_one_line(mode, tmp_path) -> None:
    nowhere = {"https_proxy": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "1"}
    done = run(mode, "--output", str(tmp_path), TORCH_HOME=str(tmp_path), HF_HOME=str(tmp_path), **nowhere)
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if not line.startswith("Downloading: ")]
    assert len(said) == 1 and "--checkpoint" in said[0] and PUBLIC[mode].name in said[0], done.stderr
    assert not (tmp_path / mode).exists()


def test_refuses_a_file_that_is_no_checkpoint(tmp_path) -> None:
    file = tmp_path / "weights.pth"
    file.write_text("nothing of the kind")
    with pytest.raises(SystemExit, match="it is no checkpoint of torch"):
        public.load(PUBLIC["fast"], file)


def test_refuses_the_checkpoint_of_another_network(tmp_path) -> None:
    torch.save(PUBLIC["fast"].random().state_dict(), tmp_path / "fast.pth")
    with pytest.raises(SystemExit, match="DeepLabV3, ResNet-50"):
        public.load(PUBLIC["balanced"], tmp_path / "fast.pth")
    SegformerForSemanticSegmentation(SegformerConfig(num_labels=150, **SMALL_SEGFORMER)).save_pretrained(tmp_path / "b")
    with pytest.raises(SystemExit, match="it is another network"):
        public.load(PUBLIC["accurate"], tmp_path / "b")


def test_loads_a_checkpoint_with_the_head_for_training(tmp_path) -> None:
    """As torchvision publishes it."""
    network = PUBLIC["fast"].random()
    state = network.state_dict() | {"aux_classifier.0.weight": torch.zeros(1)}
    torch.save(state, tmp_path / "fast.pth")
    same_state(public.load(PUBLIC["fast"], tmp_path / "fast.pth"), network)


def test_loads_a_folder_of_transformers(tmp_path) -> None:
    """Under the names of the published files, which transformers has changed since."""
    network = PUBLIC["accurate"].random()
    network.save_pretrained(tmp_path, save_original_format=True)
    same_state(public.load(PUBLIC["accurate"], tmp_path), network)


def same_state(one: torch.nn.Module, other: torch.nn.Module) -> None:
    pairs = zip(one.state_dict().items(), other.state_dict().items(), strict=True)
    assert all(a == b and torch.equal(x, y) for (a, x), (b, y) in pairs)
