"""The still lifes, what is said of them, the closed vocabulary, the networks, what is exported, and who judges."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
import torch

import publish_text_to_image as published
import text_to_image as trained
from closed_vocabulary import END, START, ClosedVocabulary
from judge import Judge, colour_word
from measure import one_thread
from world import prompts, still_life
from world.scene import LABELS
from world.still_life import Item, StillLife

RED_BALL = StillLife((Item("ball", "red"),), "wooden")


@pytest.fixture(scope="module")
def painter() -> trained.Painter:
    """With all its weights at random: those that start at nothing would hide what they do."""
    torch.manual_seed(1)
    painter = trained.Painter()
    for values in painter.parameters():
        if not values.any():
            torch.nn.init.normal_(values, std=0.05)
    return painter.eval()


@pytest.fixture(scope="module")
def autoencoder() -> trained.Autoencoder:
    torch.manual_seed(1)
    return trained.Autoencoder().eval()


@pytest.fixture(scope="module")
def graphs(painter: trained.Painter, autoencoder: trained.Autoencoder) -> dict[str, bytes]:
    return published.graphs(painter, autoencoder)


def run(content: bytes, **feed: np.ndarray) -> np.ndarray:
    return onnxruntime.InferenceSession(content, one_thread(), providers=["CPUExecutionProvider"]).run(None, feed)[0]


def test_a_still_life_follows_from_its_number() -> None:
    first, again = (still_life.example(still_life.TRAINING, 5, 32) for _ in range(2))
    assert first[0] == again[0] == still_life.shown_in(still_life.TRAINING, 5)
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], still_life.example(still_life.OTHERS, 5, 32)[1])


def test_nothing_that_is_held_out_is_ever_drawn() -> None:
    seen = {(item.thing, item.colour) for n in range(3000) for item in still_life.shown_in(still_life.TRAINING, n).items}
    assert seen.isdisjoint(still_life.HELD_OUT)
    assert len(seen) + len(still_life.HELD_OUT) == len(still_life.THINGS) * len(still_life.COLOURS)
    for thing in still_life.THINGS:
        assert sum(held == thing for held, _ in still_life.HELD_OUT) == 2
    assert {colour for _, colour in still_life.HELD_OUT} == set(still_life.COLOURS)


def test_the_thing_is_large_in_view_in_its_colour() -> None:
    random = np.random.default_rng(1)
    for thing in still_life.THINGS:
        light = still_life.scene(random, StillLife((Item(thing, "blue"),), "white")).render(64, 64)
        mask = light.mask == LABELS.index(thing)
        assert mask.mean() > 0.03
        assert colour_word(still_life.photograph(random, light.colour), mask) == "blue"


def test_two_things_stand_as_they_are_listed_from_left_to_right() -> None:
    shown = StillLife((Item("cube", "red"), Item("ball", "blue")), "wooden")
    mask = still_life.scene(np.random.default_rng(2), shown).render(64, 64).mask
    left, right = (np.nonzero(mask == LABELS.index(thing))[1].mean() for thing in ("cube", "ball"))
    assert left < right
    texts = {prompts.caption(np.random.default_rng(n), shown) for n in range(200)}
    assert any("cube left of a blue ball" in text for text in texts)
    assert any("ball right of a red cube" in text for text in texts)
    assert prompts.mirrored(shown).items == shown.items[::-1]


def test_captions_say_what_is_shown_in_words_of_the_vocabulary() -> None:
    used = set()
    for number in range(3000):
        shown = still_life.shown_in(still_life.TRAINING, number)
        words = prompts.caption(np.random.default_rng(number), shown).split()
        for item in shown.items:
            assert {item.thing, prompts.THINGS_TOO.get(item.thing)} & set(words)
            assert not item.pattern or item.pattern in words
        used |= set(words)
        assert len(words) <= trained.LENGTH - 2
    assert used == set(prompts.WORDS)


def test_each_word_is_one_token_and_others_are_spelt() -> None:
    vocabulary = trained.VOCABULARY
    for word in prompts.WORDS:
        assert vocabulary.encode(word, 3) == [vocabulary.ids[token] for token in (START, f"{word}</w>", END)]
    # No end of a word is a token that could pass for a word.
    ends = {token.removesuffix("</w>") for token in vocabulary.ids if token.endswith("</w>") and len(token) > len("x</w>")}
    assert ends == set(prompts.WORDS) - {"a"}
    assert len(vocabulary.encode("a shiny ball", 20)) == 20


def test_transformers_reads_the_vocabulary_alike(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    trained.VOCABULARY.write(tmp_path)
    reader = transformers.CLIPTokenizer(vocab=str(tmp_path / "vocab.json"), merges=str(tmp_path / "merges.txt"))
    texts = ["", "a shiny red ball, on 12 wooden tables!!", "it's a cup... left of an ed"]
    texts += [prompts.caption(np.random.default_rng(n), still_life.shown_in(still_life.TRAINING, n)) for n in range(100)]
    for text in texts:
        ids = reader(text)["input_ids"]
        ends = [trained.VOCABULARY.ids["<|endoftext|>"]] * (trained.LENGTH - len(ids))
        assert trained.VOCABULARY.encode(text, trained.LENGTH) == ids + ends


def test_a_vocabulary_of_words_that_share_their_parts_is_closed() -> None:
    vocabulary = ClosedVocabulary(["on", "one", "stone", "tone", "to", "no", "noon"])
    for word in vocabulary.words:
        assert vocabulary.encode(word, 3)[1] == vocabulary.ids[f"{word}</w>"]


def test_words_that_are_not_known_have_one_meaning_together(painter: trained.Painter) -> None:
    tokens = [trained.VOCABULARY.encode(text, trained.LENGTH) for text in ("a q ball", "a z ball", "a red ball")]
    with torch.no_grad():
        first, second, known = painter.text_encoder(torch.tensor(tokens, dtype=torch.int32))
    assert torch.equal(first, second)
    assert not torch.allclose(first, known)


@pytest.mark.parametrize("steps", [1, 4, 25, 30])
def test_sampling_is_that_of_diffusers(steps: int) -> None:
    diffusers = pytest.importorskip("diffusers")
    scheduler = diffusers.DDIMScheduler.from_config(published.SCHEDULER)
    assert torch.allclose(scheduler.alphas_cumprod.double(), trained.REMAINING, rtol=2e-4, atol=1e-7)
    random = np.random.default_rng(1)
    noise = random.standard_normal((2, 4, 4)).astype(np.float32)
    velocities = random.standard_normal((steps, 2, 4, 4)).astype(np.float32)
    scheduler.set_timesteps(steps)
    latents = torch.from_numpy(noise)
    for timestep, velocity in zip(scheduler.timesteps, velocities, strict=True):
        latents = scheduler.step(torch.from_numpy(velocity), timestep, latents).prev_sample
    answers = iter(velocities)
    found = published.denoised(lambda _, timestep: next(answers), noise, steps)
    assert found == pytest.approx(latents.numpy(), abs=1e-4)


def test_sampling_finds_what_a_perfect_prediction_knows() -> None:
    random = np.random.default_rng(1)
    picture, noise = (random.standard_normal((2, 4, 4)).astype(np.float32) for _ in range(2))
    asked = []

    def velocity(latents: np.ndarray, timestep: int) -> np.ndarray:
        asked.append(timestep)
        kept, lost = np.sqrt(trained.REMAINING[timestep].item()), np.sqrt(1 - trained.REMAINING[timestep].item())
        return kept * (latents - kept * picture) / lost - lost * picture

    found = published.denoised(velocity, noise, 4)
    assert asked == [999, 749, 499, 249]
    assert found == pytest.approx(picture, abs=1e-4)


def test_steps_of_both_trainings_lower_their_loss(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trained, "PAINTING_BATCH", 2)
    monkeypatch.setattr(trained, "BATCH", 4)
    pixels = np.stack([still_life.example(still_life.TRAINING, n)[1] for n in range(4)])
    torch.manual_seed(1)
    model = trained.Autoencoder()
    before = trained.painting_loss(model, *trained.picture_batch(1, 0, pixels)).item()

    def painting(step: int) -> torch.Tensor:
        return trained.painting_loss(model, *trained.picture_batch(1, step, pixels))

    mean = trained.train("autoencoder", model, 4e-3, 12, painting, tmp_path, 1)
    assert trained.painting_loss(model, *trained.picture_batch(1, 0, pixels)).item() < 0.8 * before
    kept = trained.autoencoder(tmp_path, 1, pixels, 12)
    assert all(torch.equal(a, b) for a, b in zip(mean.state_dict().values(), kept.state_dict().values(), strict=True))

    latents = trained.encoded(tmp_path / "latents.npy", kept, pixels)
    assert latents.shape == (2, 4, trained.CHANNELS, trained.CELLS, trained.CELLS)
    shown = [still_life.shown_in(still_life.TRAINING, n) for n in range(4)]
    painter = trained.Painter()
    losses = []

    def loss_of(step: int) -> torch.Tensor:
        loss = trained.denoising_loss(painter, *trained.latent_batch(1, step, latents, shown))
        losses.append(loss.item())
        return loss

    trained.train("painter", painter, 4e-3, 20, loss_of, tmp_path, 1)
    assert np.mean(losses[-4:]) < 0.85 * np.mean(losses[:4])


def test_an_interrupted_training_goes_on_to_the_same_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trained, "KEPT_EVERY", 2)

    def run_until(stop: int, folder: Path) -> torch.nn.Module:
        folder.mkdir(exist_ok=True)
        torch.manual_seed(1)
        model = torch.nn.Linear(12, 12)

        def loss_of(step: int) -> torch.Tensor:
            if step == stop:
                raise KeyboardInterrupt
            return model(torch.full((1, 12), 1.0 + step)).square().mean()

        return trained.train("linear", model, 1e-2, 4, loss_of, folder, 1)

    whole = run_until(-1, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run_until(3, tmp_path / "parts")
    resumed = run_until(-1, tmp_path / "parts")
    assert torch.equal(whole.weight, resumed.weight)


def test_the_graphs_answer_as_the_networks_do(
    graphs: dict[str, bytes], painter: trained.Painter, autoencoder: trained.Autoencoder
) -> None:
    random = np.random.default_rng(1)
    tokens = np.array([trained.VOCABULARY.encode(text, trained.LENGTH) for text in ("a red ball", "")], np.int32)
    latents = random.standard_normal((2, trained.CHANNELS, trained.CELLS, trained.CELLS)).astype(np.float32)
    times = np.array([999, 39], np.float32)
    with torch.no_grad():
        text = painter.text_encoder(torch.from_numpy(tokens))
        wanted = painter.denoiser(torch.from_numpy(latents), torch.from_numpy(times), text).numpy()
        pixels = published.Pixels(autoencoder.decoder)(torch.from_numpy(latents)).numpy()
    found = run(graphs["text-encoder"], tokens=tokens)
    # Weights are stored as float16, all of them.
    for name, network in (("text-encoder", painter.text_encoder), ("denoiser", painter.denoiser), ("image-decoder", autoencoder.decoder)):
        assert len(graphs[name]) < 2 * sum(p.numel() for p in network.parameters()) + 150_000
    assert found == pytest.approx(text.numpy(), abs=0.02)
    assert run(graphs["denoiser"], latents=latents, timestep=times, text=text.numpy()) == pytest.approx(wanted, abs=0.02)
    painted = run(graphs["image-decoder"], latents=latents)
    assert painted.dtype == np.uint8 and painted.shape == (2, still_life.SIDE, still_life.SIDE, 3)
    assert np.abs(painted.astype(int) - pixels).max() <= 2
    # One at a time gives the same.
    alone = run(graphs["denoiser"], latents=latents[:1], timestep=times[:1], text=found[:1])
    assert alone == pytest.approx(run(graphs["denoiser"], latents=latents, timestep=times, text=found)[:1], abs=1e-4)


def test_the_same_noise_gives_the_same_picture(graphs: dict[str, bytes]) -> None:
    pipeline = published.Pipeline(graphs)
    noise = np.random.default_rng(1).standard_normal((trained.CHANNELS, trained.CELLS, trained.CELLS), np.float32)
    first, again = (pipeline.paint("a red ball", noise, steps=2) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, pipeline.paint("a blue cup", noise, steps=2))


def test_manifests_and_graphs_say_the_same_shapes(graphs: dict[str, bytes]) -> None:
    for name, manifest in published.manifests(dict.fromkeys(graphs, 1)).items():
        session = onnxruntime.InferenceSession(graphs[name], providers=["CPUExecutionProvider"])
        takes = {taken.name: taken.shape[1:] for taken in session.get_inputs()}
        gives = {given.name: given.shape[1:] for given in session.get_outputs()}
        entering, leaving = manifest["input"], manifest["output"]
        assert takes[entering["name"]] == entering.get("shape", [entering.get("length")])
        if name == "denoiser":
            assert takes[manifest["timestep"]["name"]] == []
            assert takes[manifest["condition"]["name"]] == manifest["condition"]["shape"]
        size = [leaving["height"], leaving["width"], 3] if name == "image-decoder" else leaving["shape"]
        assert gives == {leaving["name"]: size}
        assert leaving["decoder"] == leaving["name"]


@pytest.mark.parametrize("word", still_life.COLOURS)
def test_the_judge_names_colours_as_the_world_does(word: str) -> None:
    random = np.random.default_rng(1)
    inside = np.zeros((20, 20), bool)
    inside[4:16, 4:16] = True
    for _ in range(20):
        light = np.full((20, 20, 3), 0.5)
        light[inside] = still_life.colour(random, word)
        picture = (255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)
        assert colour_word(picture, inside) == word


def test_the_judge_sees_what_is_there() -> None:
    models = Path(published.HERE).parent
    judge = Judge(models, "accurate", one_thread())
    wanted = published.asked(True, 1, forms=1)
    pictures = [one.rendered() for one in wanted]
    found = published.verdicts(judge, wanted, pictures)
    assert published.figures(found)["thingAndColour"] > 0.85
    assert judge.mask(pictures[0]).shape == pictures[0].shape[:2]
    nothing = cv2.GaussianBlur(np.full((still_life.SIDE, still_life.SIDE, 3), 128, np.uint8), (0, 0), 2)
    assert judge.judge(nothing).thing == ""


def test_prompts_are_for_what_they_say() -> None:
    held_out, seen = published.asked(True, 2), published.asked(False, 1, forms=1)
    assert len(held_out) == 2 * len(still_life.HELD_OUT) * len(published.FORMS)
    assert {(one.thing, one.colour) for one in held_out} == still_life.HELD_OUT
    assert not {(one.thing, one.colour) for one in seen} & still_life.HELD_OUT
    assert len(seen) == len(still_life.THINGS) * len(still_life.COLOURS) - len(still_life.HELD_OUT)
    assert {one.form for one in seen} == set(published.FORMS)
    for one in (*held_out, *seen):
        assert f"{one.colour} {one.thing}" in one.text
        assert set(one.text.split()) <= set(prompts.WORDS)
    assert not np.array_equal(held_out[0].noise(1), held_out[1].noise(1))


def test_the_shipped_figures_are_those_of_the_shipped_graphs() -> None:
    results = json.loads(published.RESULTS.read_text())
    for name, count in results["parameters"].items():
        card = (published.HERE.parent / name / "MODEL_CARD.md").read_text()
        assert f"{count:,} parameters" in card
