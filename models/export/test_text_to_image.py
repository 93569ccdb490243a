"""The exported graphs against the networks of transformers and diffusers that they are made of, small, with random weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

pytest.importorskip("diffusers", reason="pip install -r models/export/reference-diffusion.txt")

import text_to_image  # noqa: E402
import text_to_image_reference  # noqa: E402
from conftest import REPOSITORY, one_thread  # noqa: E402
from text_to_image import PUBLIC, parts, random_weights  # noqa: E402

GOLDEN = REPOSITORY / "src" / "test" / "resources" / "diffusion" / "text-to-image"
FILES_BESIDE = {"text-encoder": ["merges.txt", "vocab.json"], "denoiser": ["scheduler.json"], "image-decoder": []}
SIDE = 8
# Of the greatest value.
TOLERANCE = 1e-5
HALF_PRECISION_TOLERANCE = 0.02


def session(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(path, one_thread(), providers=["CPUExecutionProvider"])


def inputs(part: text_to_image.Part, batch: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(batch)
    values = {}
    for name, example in part.examples.items():
        shape = [batch, *example.shape[1:]]
        values[name] = {
            "tokens": lambda shape: torch.randint(0, 514, shape, generator=generator, dtype=torch.int32),
            "timestep": lambda shape: torch.full(shape, 749.0),
        }.get(name, lambda shape: torch.randn(shape, generator=generator))(shape)
    return values


def difference(found: np.ndarray, expected: torch.Tensor) -> float:
    """Of the greatest value; of pixels the greatest difference."""
    wanted = expected.numpy().astype(np.float64)
    assert found.shape == wanted.shape
    scale = 1 if found.dtype == np.uint8 else np.abs(wanted).max()
    return float(np.abs(found.astype(np.float64) - wanted).max() / scale)


@pytest.fixture(scope="module", params=list(PUBLIC))
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    text_to_image.main([request.param, "--random-weights", "--guidance", "5", "--output", str(folder)])
    return request.param, folder


def test_graphs_answer_as_the_networks(exported, record_property) -> None:
    name, folder = exported
    for part in parts(random_weights(PUBLIC[name]), SIDE, guidance=5):
        served = session(folder / part.name / "1" / "model.onnx")
        for batch in (1, 2):
            given = inputs(part, batch)
            with torch.no_grad():
                expected = part.network(*given.values())
            found = served.run(None, {key: value.numpy() for key, value in given.items()})[0]
            apart = difference(found, expected)
            record_property(part.name, f"{apart:.1e}")
            assert apart <= (1 if found.dtype == np.uint8 else TOLERANCE)


def test_wrapped_networks_answer_as_the_pipeline_asks_them() -> None:
    """Guidance of a latent consistency model: the pipeline embeds it, the graph has it."""
    pipeline = random_weights(PUBLIC["lcm"])
    denoiser = parts(pipeline, SIDE, guidance=5)[1]
    given = inputs(denoiser, 2)
    embedding = pipeline.get_guidance_scale_embedding(torch.tensor([4.0, 4.0]), pipeline.unet.config.time_cond_proj_dim)
    with torch.no_grad():
        expected = pipeline.unet(
            given["latents"], 749, encoder_hidden_states=given["text"], timestep_cond=embedding
        ).sample
        found = denoiser.network(*given.values())
        other = parts(pipeline, SIDE, guidance=2)[1].network(*given.values())
    assert torch.allclose(found, expected, atol=1e-6)
    assert not torch.allclose(other, expected, atol=1e-3)


def test_folders_are_what_the_server_reads(exported) -> None:
    name, folder = exported
    manifests = {path.parent.name: json.loads(path.read_text()) for path in sorted(folder.glob("*/model.json"))}
    assert list(manifests) == sorted(FILES_BESIDE)
    for kind, manifest in manifests.items():
        assert manifest["kind"] == manifest["name"] == kind
        version = folder / kind / "1"
        assert sorted(path.name for path in version.iterdir()) == sorted(["model.onnx", *FILES_BESIDE[kind]])
        network = session(version / "model.onnx")
        shapes = {taken.name: taken.shape[1:] for taken in network.get_inputs()}
        taken = manifest["input"]
        expected = {taken["name"]: taken.get("shape", [taken.get("length")])}
        if kind == "denoiser":
            expected |= {manifest["timestep"]["name"]: [], manifest["condition"]["name"]: manifest["condition"]["shape"]}
        assert shapes == expected
        assert "$" not in (folder / kind / "MODEL_CARD.md").read_text() + (folder / kind / "NOTICE").read_text()
    assert manifests["denoiser"]["condition"]["shape"] == manifests["text-encoder"]["output"]["shape"]
    assert manifests["text-encoder"]["tokeniser"]["padding"] == PUBLIC[name].padding
    scheduler = json.loads((folder / "denoiser" / "1" / "scheduler.json").read_text())
    assert scheduler["_class_name"] == PUBLIC[name].scheduler.__name__


def test_a_second_export_is_a_further_version(exported) -> None:
    name, folder = exported
    text_to_image.main([name, "--random-weights", "--fp16", "--output", str(folder)])
    manifest = json.loads((folder / "denoiser" / "model.json").read_text())
    assert manifest["version"] == 2 and list(manifest["sha256"]) == ["2"]
    halved = onnx.load(folder / "denoiser" / "2" / "model.onnx")
    assert any(tensor.data_type == onnx.TensorProto.FLOAT16 for tensor in halved.graph.initializer)
    for part in parts(random_weights(PUBLIC[name]), SIDE, guidance=8):
        given = inputs(part, 1)
        with torch.no_grad():
            expected = part.network(*given.values())
        found = session(folder / part.name / "2" / "model.onnx").run(
            None, {key: value.numpy() for key, value in given.items()}
        )[0]
        assert difference(found, expected) <= (1 if found.dtype == np.uint8 else HALF_PRECISION_TOLERANCE)


def test_weights_that_are_too_many_lie_beside_the_graph(tmp_path) -> None:
    """As those of a denoiser of 3.4 GB do, at a limit that a small one is above."""
    denoiser = parts(random_weights(PUBLIC["lcm"]), SIDE, guidance=5)[1]
    whole, apart = tmp_path / "whole" / "model.onnx", tmp_path / "apart" / "model.onnx"
    text_to_image.export(denoiser, whole, {"network": "small"})
    text_to_image.export(denoiser, apart, {"network": "small"}, largest=10_000)
    assert apart.stat().st_size + apart.with_name("model.onnx.data").stat().st_size > denoiser.weights_bytes()
    assert apart.stat().st_size < whole.stat().st_size - denoiser.weights_bytes() / 2
    given = {key: value.numpy() for key, value in inputs(denoiser, 2).items()}
    assert np.array_equal(session(apart).run(None, given)[0], session(whole).run(None, given)[0])
    assert session(apart).get_modelmeta().custom_metadata_map["network"] == "small"


def test_golden_pictures_are_current() -> None:
    """The networks and pictures that the server's test reads are those that the script writes today."""
    golden = json.loads((GOLDEN / "pictures.json").read_text())
    found = text_to_image_reference.document()
    assert found["diffusers"] == golden["diffusers"]
    for now, then in zip(found["pictures"], golden["pictures"], strict=True):
        for key in ("config", "prompt", "negativePrompt", "steps", "guidance", "noise"):
            assert now[key] == then[key]
        assert np.allclose(now["latents"], then["latents"], rtol=1e-4, atol=1e-4)
        assert np.abs(np.subtract(now["pixels"], then["pixels"])).max() <= 1
    for part in parts(random_weights(PUBLIC["turbo"]), SIDE, guidance=8):
        given = inputs(part, 1)
        with torch.no_grad():
            expected = part.network(*given.values())
        served = session(GOLDEN / part.name / "1" / "model.onnx")
        answer = served.run(None, {key: value.numpy() for key, value in given.items()})[0]
        assert difference(answer, expected) <= (1 if answer.dtype == np.uint8 else TOLERANCE)


def test_refuses_what_it_cannot_bring(tmp_path) -> None:
    with pytest.raises(SystemExit, match="No weights of Stable Diffusion Turbo"):
        text_to_image.main(["turbo", "--checkpoint", str(tmp_path), "--output", str(tmp_path)])
    with pytest.raises(SystemExit, match="another model: its scheduler is a LCMScheduler"):
        random_weights(PUBLIC["lcm"]).save_pretrained(tmp_path / "lcm")
        text_to_image.main(["turbo", "--checkpoint", str(tmp_path / "lcm"), "--output", str(tmp_path)])


def test_brings_a_checkpoint_of_this_machine(tmp_path) -> None:
    random_weights(PUBLIC["lcm"]).save_pretrained(tmp_path / "checkpoint")
    text_to_image.main(
        ["lcm", "--checkpoint", str(tmp_path / "checkpoint"), "--size", "64", "--output", str(tmp_path / "models")]
    )
    manifest = json.loads((tmp_path / "models" / "denoiser" / "model.json").read_text())
    assert manifest["input"]["shape"] == [4, 32, 32]
    assert manifest["licence"] == PUBLIC["lcm"].licence
    notice = (tmp_path / "models" / "denoiser" / "NOTICE").read_text()
    assert "RAIL-M" in notice
    tokens = json.loads((tmp_path / "models" / "text-encoder" / "1" / "vocab.json").read_text())
    assert len(tokens) == 514
