"""The command that brings networks of clips: small ones of every kind of file, against what they answer themselves."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import h5py
import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import clips
import keras_file
from conftest import session
from keras_file import keras
from model_folder import HERE, sha256

layers = keras.layers

WORDS = (HERE / "labels" / "signs.txt").read_text(encoding="utf-8").splitlines()
FRAMES, SIDE = 4, 12
CLIP = (FRAMES, SIDE, SIDE, 3)
SIZE = ("--frames", str(FRAMES), "--height", str(SIDE), "--width", str(SIDE))
TERMS = ("--licence", "MIT", "--source", "made by a test")
RGB = ("--colour", "rgb", "--mean", "0.485", "0.456", "0.406", "--deviation", "0.229", "0.224", "0.225")

CLOSE = 1e-5


KERAS_2 = HERE / "clips" / "keras-2"


def bring(network: Path, output: Path, *words: str) -> Path:
    clips.main(["--network", str(network), "--output", str(output), *SIZE, *TERMS, *words])
    return output / "signs"


def answers(folder: Path, shown: np.ndarray) -> np.ndarray:
    (found,) = session((folder / "1" / "model.onnx").read_bytes()).run(["probabilities"], {"clip": shown})
    return found


def one_by_one(folder: Path, shown: np.ndarray) -> np.ndarray:
    return np.concatenate([answers(folder, clip[None]) for clip in shown])


def manifest(folder: Path) -> dict:
    return json.loads((folder / "model.json").read_text(encoding="utf-8"))


def refusal(network: Path, output: Path, *words: str) -> str:
    """The one sentence that the command leaves instead of a model."""
    with pytest.raises(SystemExit) as refused:
        bring(network, output, *words)
    said = refused.value.code
    assert not (output / "signs").exists()
    assert isinstance(said, str) and "\n" not in said
    return said


@pytest.fixture(scope="module")
def shown() -> np.ndarray:
    """uint8 clips of noise, each frame's channels of a brightness of their own."""
    random = np.random.default_rng(7)
    return (random.random((3, *CLIP)) * random.integers(1, 256, (3, FRAMES, 1, 1, 3))).astype(np.uint8)


def keras_model(*inside: keras.Layer) -> keras.Model:
    """With weights that are not those of a start."""
    model = keras.Sequential([layers.Input(CLIP), *inside, layers.Dense(len(WORDS), activation="softmax")])
    random = np.random.default_rng(3)
    for variable in model.weights:
        value = keras.ops.convert_to_numpy(variable) + 0.3 * random.standard_normal(variable.shape)
        variable.assign(np.abs(value) + 0.1 if "variance" in variable.path else value)
    return model


def cnn_and_lstm() -> keras.Model:
    each = layers.TimeDistributed
    return keras_model(
        each(layers.Conv2D(4, 3, activation="relu")),
        each(layers.BatchNormalization()),
        each(layers.MaxPooling2D()),
        each(layers.Dropout(0.3)),
        each(layers.Flatten()),
        layers.LSTM(6),
    )


def conv3d() -> keras.Model:
    convolution = layers.Conv3D(4, 3, activation="relu")
    return keras_model(convolution, layers.BatchNormalization(), layers.GlobalAveragePooling3D())


class TorchNetwork(nn.Module):
    """Logits of clips whose channels are the axis `channels`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.convolution = nn.Conv3d(3, 4, 3)
        self.memory = nn.LSTM(4, 5, batch_first=True)
        self.head = nn.Linear(5, len(WORDS))

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        values = self.convolution(clip.transpose(1, self.channels)).relu().mean((3, 4))
        values, _ = self.memory(values.transpose(1, 2))
        return self.head(values[:, -1])


def torch_network(channels: int) -> TorchNetwork:
    torch.manual_seed(1)
    return TorchNetwork(channels).eval()


def of_imagenet(shown: np.ndarray) -> torch.Tensor:
    """What torch's networks of pictures take: RGB, less the mean, by the deviation."""
    rgb = shown[..., ::-1].astype(np.float32) / 255
    return torch.from_numpy((rgb - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225]))


def first_pixel(path: Path, batch: str | int = "N", shape: tuple = CLIP, channels_axis: int = 4) -> Path:
    """An ONNX network whose three answers are the channels of the first pixel of the first frame."""
    values, nodes = "taken", []
    for axis in sorted(range(1, len(shape) + 1), reverse=True):
        if axis != channels_axis:
            nodes.append(helper.make_node("Gather", [values, "first"], [f"axis{axis}"], axis=axis))
            values = f"axis{axis}"
    nodes.append(helper.make_node("Identity", [values], ["given"]))
    graph = helper.make_graph(
        nodes,
        "first_pixel",
        [helper.make_tensor_value_info("taken", TensorProto.FLOAT, [batch, *shape])],
        [helper.make_tensor_value_info("given", TensorProto.FLOAT, [batch, 3])],
        [numpy_helper.from_array(np.array(0), "first")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


@pytest.fixture
def three(tmp_path) -> tuple[str, str]:
    """The option for three labels, in an order of their own."""
    file = tmp_path / "three.txt"
    file.write_text("wave\nbow\nnod\n", encoding="utf-8")
    return "--labels", str(file)


@pytest.mark.parametrize(
    ("build", "suffix"),
    [(cnn_and_lstm, ".h5"), (conv3d, ".h5"), (conv3d, ".keras")],
    ids=["lstm-h5", "conv3d-h5", "conv3d-keras"],
)
def test_answers_as_keras_does(build, suffix, shown, tmp_path, record_property) -> None:
    model = build()
    model.save(tmp_path / f"model{suffix}")
    folder = bring(tmp_path / f"model{suffix}", tmp_path)
    expected = model.predict(shown.astype(np.float32) / np.float32(255), verbose=0)
    assert np.ptp(expected, axis=0).max() > 1e-3
    found = answers(folder, shown)
    record_property("greatest difference", f"{np.abs(found - expected).max():.0e}")
    np.testing.assert_allclose(found, expected, rtol=0, atol=CLOSE)
    np.testing.assert_allclose(one_by_one(folder, shown), expected, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("name", ["frames", "conv-lstm"])
def test_answers_as_keras_2_did(name, tmp_path, record_property) -> None:
    """Files of Keras 2.15 and their answers there: keras-2/write.py."""
    written = np.load(KERAS_2 / "answers.npz")
    _, frames, height, width, _ = map(str, written["shown"].shape)
    folder = bring(KERAS_2 / f"{name}.h5", tmp_path, "--frames", frames, "--height", height, "--width", width)
    found = one_by_one(folder, written["shown"])
    record_property("greatest difference", f"{np.abs(found - written[name]).max():.0e}")
    np.testing.assert_allclose(found, written[name], rtol=0, atol=CLOSE)
    assert "Keras 2.15.0" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_reads_a_file_whose_first_layer_tells_the_shape(tmp_path) -> None:
    """As the first releases of Keras 2 wrote them."""
    written = np.load(KERAS_2 / "answers.npz")
    shutil.copy(KERAS_2 / "frames.h5", tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5", "r+") as content:
        described = json.loads(content.attrs["model_config"])
        assert described["config"]["layers"].pop(0)["class_name"] == "InputLayer"
        content.attrs["model_config"] = json.dumps(described)
    model, _ = keras_file.read(tmp_path / "model.h5")
    found = model.predict(written["shown"] / np.float32(255), verbose=0)
    np.testing.assert_allclose(found, written["frames"], rtol=0, atol=CLOSE)


def test_answers_as_torchscript_does(shown, tmp_path) -> None:
    network = torch_network(channels=1)
    torch.jit.save(torch.jit.script(network), tmp_path / "model.pt")
    folder = bring(tmp_path / "model.pt", tmp_path, "--layout", "NCTHW", "--logits", *RGB)
    with torch.no_grad():
        expected = network(of_imagenet(shown).permute(0, 4, 1, 2, 3)).softmax(1).numpy()
    np.testing.assert_allclose(answers(folder, shown), expected, rtol=0, atol=CLOSE)
    np.testing.assert_allclose(one_by_one(folder, shown), expected, rtol=0, atol=CLOSE)


def test_answers_as_an_exported_program_does(shown, tmp_path) -> None:
    network = torch_network(channels=2)
    example = of_imagenet(shown[:1]).permute(0, 1, 4, 2, 3)
    torch.export.save(torch.export.export(network, (example,)), tmp_path / "model.pt2")
    folder = bring(tmp_path / "model.pt2", tmp_path, "--layout", "NTCHW", "--logits", *RGB)
    with torch.no_grad():
        expected = network(of_imagenet(shown).permute(0, 1, 4, 2, 3)).softmax(1).numpy()
    # It was exported for one clip.
    np.testing.assert_allclose(one_by_one(folder, shown), expected, rtol=0, atol=CLOSE)


def test_network_sees_blue_first_and_bytes_as_parts_of_255(tmp_path, three) -> None:
    folder = bring(first_pixel(tmp_path / "model.onnx"), tmp_path, *three)
    blue, grey, later = (np.zeros((1, *CLIP), np.uint8) for _ in range(3))
    blue[..., 0] = 255
    grey[...] = 128
    later[:, 1:] = 255
    found = answers(folder, np.concatenate([blue, grey, later]))
    half = np.float32(128) / np.float32(255)
    assert f"{half:.7f}" == "0.5019608"
    assert found.tolist() == [[1, 0, 0], [half, half, half], [0, 0, 0]]


def test_turns_colours_and_axes_for_a_network_that_wants_it(tmp_path, three) -> None:
    network = first_pixel(tmp_path / "model.onnx", 1, (3, FRAMES, SIDE, SIDE), channels_axis=1)
    words = ("--layout", "NCTHW", "--colour", "rgb", "--mean", "0", "0", "-1", "--deviation", "2", "1", "2")
    folder = bring(network, tmp_path, *words, *three)
    clip = np.zeros((1, *CLIP), np.uint8)
    clip[..., 0], clip[..., 2] = 102, 51
    # Red is 0.2, by 2; green 0; blue 0.4, less -1, by 2.
    np.testing.assert_allclose(answers(folder, clip), [[0.1, 0, 0.7]], rtol=0, atol=1e-7)


def test_manifest_has_the_form_of_its_kind(tmp_path, three) -> None:
    network = first_pixel(tmp_path / "model.onnx")
    for _ in range(2):
        folder = bring(network, tmp_path, *three, "--batch", "2", "--threshold", "0.4", "--description", "Waves.")
    written = manifest(folder)
    assert written.pop("memoryMiB") > 0
    assert written == {
        "name": "signs",
        "kind": "sign-words",
        "description": "Waves.",
        "version": 2,
        "sha256": {"2": sha256((folder / "2" / "model.onnx").read_bytes())},
        "input": {
            "name": "clip",
            "frames": FRAMES,
            "width": SIDE,
            "height": SIDE,
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "bilinear",
        },
        "output": {"name": "probabilities", "decoder": "classes", "shape": [3], "activation": "none"},
        "labels": ["wave", "bow", "nod"],
        "threshold": 0.4,
        "batch": {"max": 2, "maxDelayMillis": 0},
        "warmupRuns": 3,
        "licence": "MIT",
        "source": "made by a test",
    }
    assert sorted(path.name for path in folder.iterdir()) == ["1", "2", "MODEL_CARD.md", "NOTICE", "model.json"]
    assert all("made by a test" in (folder / name).read_text() for name in ("MODEL_CARD.md", "NOTICE"))


def test_says_how_to_serve_it_and_how_to_go_back(tmp_path, three, capsys) -> None:
    folder = bring(first_pixel(tmp_path / "model.onnx"), tmp_path, *three)
    said = capsys.readouterr().out
    assert "/api/models/signs" in said and '{"version": 1}' in said and f"git checkout {folder}" in said


def test_words_without_a_file_are_the_protocols() -> None:
    assert (len(WORDS), WORDS[0], WORDS[10], WORDS[19]) == (20, "book", "hello", "wall")


def test_graph_has_the_sizes_of_the_manifest(tmp_path, three) -> None:
    model = onnx.load(bring(first_pixel(tmp_path / "model.onnx"), tmp_path, *three) / "1" / "model.onnx")
    (taken,), (given,) = model.graph.input, model.graph.output
    shapes = [[d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in (taken, given)]
    assert shapes == [["N", *CLIP], ["N", 3]]
    assert [node.op_type for node in model.graph.node][:2] == ["Cast", "Div"]


def test_refuses_what_is_no_network(tmp_path) -> None:
    for suffix in (".h5", ".keras", ".pt", ".pt2", ".onnx"):
        file = tmp_path / f"model{suffix}"
        file.write_text("nothing of the kind")
        assert f"{file} cannot be read: " in refusal(file, tmp_path)
    assert "is of an unknown kind" in refusal(tmp_path / "model.pb", tmp_path)
    assert "There is no file" in refusal(tmp_path / "absent.h5", tmp_path)


def test_refuses_another_size_rank_or_number(tmp_path, three) -> None:
    network = first_pixel(tmp_path / "model.onnx")
    said = refusal(network, tmp_path, *three, "--frames", "10")
    assert f"takes [N, 4, {SIDE}, {SIDE}, 3], expected [N, 10, {SIDE}, {SIDE}, 3] (NTHWC)" in said
    assert f"expected [N, 3, 4, {SIDE}, {SIDE}] (NCTHW)" in refusal(network, tmp_path, *three, "--layout", "NCTHW")
    picture = first_pixel(tmp_path / "picture.onnx", shape=(SIDE, SIDE, 3), channels_axis=3)
    assert f"takes [N, {SIDE}, {SIDE}, 3], expected" in refusal(picture, tmp_path, *three)
    assert "takes 4 clips at a time" in refusal(first_pixel(tmp_path / "four.onnx", 4), tmp_path, *three)
    alone = first_pixel(tmp_path / "alone.onnx", 1)
    assert "takes one clip at a time, so --batch 2" in refusal(alone, tmp_path, *three, "--batch", "2")


def test_refuses_torchscript_for_clips_of_another_size(tmp_path) -> None:
    torch.jit.save(torch.jit.script(torch_network(channels=1)), tmp_path / "model.pt")
    assert "cannot be run on a clip of [4, 12, 12, 3]" in refusal(tmp_path / "model.pt", tmp_path, "--logits")


def test_refuses_more_or_fewer_answers_than_labels(tmp_path, three) -> None:
    network = first_pixel(tmp_path / "model.onnx")
    assert "answers a clip with [1, 3] numbers, expected [1, 20], one for each label" in refusal(network, tmp_path)
    labels = tmp_path / "labels.txt"
    for content, said in (("wave\n\nnod\n", "empty line"), ("wave\nbow\nwave\n", "the word wave twice")):
        labels.write_text(content)
        assert said in refusal(network, tmp_path, "--labels", str(labels))


def test_refuses_logits_that_are_said_to_be_probabilities(tmp_path, three) -> None:
    network = first_pixel(tmp_path / "model.onnx")
    below = ("--mean", "2", "2", "2")
    assert "no probabilities: add --logits" in refusal(network, tmp_path, *three, *below)
    bring(network, tmp_path, *three, *below, "--logits")


def test_refuses_probabilities_that_are_said_to_be_logits(tmp_path) -> None:
    conv3d().save(tmp_path / "model.keras")
    assert "leave --logits out" in refusal(tmp_path / "model.keras", tmp_path, "--logits")


@keras.saving.register_keras_serializable("tests")
class Own(keras.Layer):
    def call(self, values):
        return values


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_refuses_layers_that_keras_does_not_know(suffix, tmp_path) -> None:
    file = tmp_path / f"model{suffix}"
    keras_model(Own(), layers.Flatten()).save(file)
    assert "does not know its layer Own" in refusal(file, tmp_path).replace("tests>", "")
    keras_model(layers.Lambda(lambda values: values, output_shape=CLIP), layers.Flatten()).save(file)
    assert "Lambda is a piece of Python code" in refusal(file, tmp_path)


def test_refuses_files_of_keras_without_a_network_or_of_keras_2(tmp_path) -> None:
    conv3d().save_weights(tmp_path / "some.weights.h5")
    assert "save the whole model" in refusal(tmp_path / "some.weights.h5", tmp_path)
    conv3d().save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as new, zipfile.ZipFile(tmp_path / "old.keras", "w") as old:
        old.writestr("config.json", new.read("config.json"))
        old.writestr("metadata.json", '{"keras_version": "2.15.0"}')
    assert "save the model as .h5 there" in refusal(tmp_path / "old.keras", tmp_path)


def test_refuses_the_folder_of_another_kind(tmp_path, three) -> None:
    folder = tmp_path / "person"
    folder.mkdir()
    (folder / "model.json").write_text('{"kind": "segmentation"}')
    assert "is a model of the kind segmentation" in refusal(
        first_pixel(tmp_path / "model.onnx"), tmp_path, *three, "--name", "person"
    )


def test_asks_for_licence_and_source(capsys) -> None:
    with pytest.raises(SystemExit):
        clips.main(["--network", "model.h5"])
    assert "--licence, --source" in capsys.readouterr().err


def test_frames_at_once_are_frames_one_by_one(shown) -> None:
    model = cnn_and_lstm()
    clip = torch.from_numpy(shown.astype(np.float32))
    before = model(clip)
    with keras_file.frames_as_batch(model):
        at_once = model(clip)
    torch.testing.assert_close(at_once, before, rtol=0, atol=1e-6)
    assert torch.equal(model(clip), before)
