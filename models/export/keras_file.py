"""Reads a network from a file of Keras, with torch in the place of TensorFlow.

    model, version = read(Path("WLASL20c_model.h5"))

Keras 3 does not take most files of Keras 2, and where it does it computes another hard sigmoid, which opens and closes
the gates of a ConvLSTM2D of Keras 2. So what such a file says of its layers is translated first. Code in a file is not
run.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

os.environ["KERAS_BACKEND"] = "torch"
os.environ["KERAS_TORCH_DEVICE"] = "cpu"
import keras  # noqa: E402

HDF5 = (".h5", ".hdf5")
SUFFIXES = (*HDF5, ".keras")

# Module and class of what has layers, by its name in a file; older files say Model.
FUNCTIONAL = ("keras.src.models.functional", "Functional")
MODELS = {"Sequential": ("keras", "Sequential"), "Functional": FUNCTIONAL, "Model": FUNCTIONAL}

# Where a layer has others inside.
INSIDE = ("layers", "layer", "backward_layer", "cell", "cells")

# Of use for training alone, or said elsewhere: the ends of their names.
UNNEEDED = ("_initializer", "_regularizer", "_constraint", "implementation", "batch_input_shape")
# What Keras 3 does not know and would do anyway; another value is for Keras to refuse.
USUAL = {"time_major": False, "ragged": False, "sparse": False, "groups": 1, "noise_shape": None}


@keras.saving.register_keras_serializable("osprey")
def hard_sigmoid_of_keras_2(x: keras.KerasTensor) -> keras.KerasTensor:
    """Rises by 1/5; that of Keras 3 rises by 1/6."""
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)


def read(file: Path) -> tuple[keras.Model, str]:
    """The network, and the version of Keras that wrote it."""
    description, version = describe(file)
    for layer in layers(description):
        refuse_unknown(layer["class_name"], layer.get("module") or "keras")
    if version.startswith("3."):
        return keras.saving.load_model(file, compile=False), version
    if file.suffix not in HDF5:
        raise ValueError(f"Keras {version} wrote it, which is read from .h5 alone: save the model as .h5 there")
    model = keras.saving.deserialize_keras_object(translate(description))
    model.load_weights(file)
    return model, version


def describe(file: Path) -> tuple[dict, str]:
    """What the file says of the layers, and the version of Keras that wrote it."""
    if file.suffix in HDF5:
        with h5py.File(file) as content:
            if "model_config" not in content.attrs:
                raise ValueError("it has no network, perhaps weights alone: save the whole model")
            return json.loads(content.attrs["model_config"]), content.attrs.get("keras_version", "2")
    with zipfile.ZipFile(file) as content:
        version = json.loads(content.read("metadata.json"))["keras_version"]
        return json.loads(content.read("config.json")), version


def layers(description: dict) -> Iterator[dict]:
    """A layer or a model, and the layers inside."""
    yield description
    for key in INSIDE:
        inside = description["config"].get(key, [])
        for layer in inside if isinstance(inside, list) else [inside]:
            yield from layers(layer)


def refuse_unknown(layer: str, module: str) -> None:
    if layer == "Lambda":
        raise ValueError("its layer Lambda is a piece of Python code, which is not run here")
    known = layer in MODELS or hasattr(keras.layers, layer) or module.startswith("keras.src.ops.")
    if not known or not module.startswith("keras"):
        raise ValueError(f"Keras {keras.__version__} does not know its layer {layer}")


def translate(description: dict) -> dict:
    """What Keras 3 would say of a layer of Keras 2."""
    name, given = description["class_name"], description["config"]
    config = {
        key: value
        for key, value in given.items()
        if not key.endswith(UNNEEDED) and not (key in USUAL and value == USUAL[key])
    }
    if name.startswith("SpatialDropout"):
        # Keras 3 cannot read its own. A dropout is for training, so any will do.
        name, config = "Dropout", {"name": given["name"], "rate": given["rate"]}
    if name == "InputLayer":
        config["batch_shape"] = given["batch_input_shape"]
    if name not in MODELS:
        # Not the half precision of the training.
        config["dtype"] = "float32"
    if name == "Sequential" and config["layers"][0]["class_name"] != "InputLayer":
        # Files of the first releases leave it to the first layer to tell the shape.
        shape = config["layers"][0]["config"]["batch_input_shape"]
        config["layers"] = [{"class_name": "InputLayer", "config": {"batch_input_shape": shape}}, *config["layers"]]
    for key in INSIDE:
        if key in config:
            inside = config[key]
            config[key] = [translate(layer) for layer in inside] if isinstance(inside, list) else translate(inside)
    for key in ("activation", "recurrent_activation"):
        if config.get(key) == "hard_sigmoid":
            config[key] = keras.saving.serialize_keras_object(hard_sigmoid_of_keras_2)
    for key in ("axis", "input_layers", "output_layers"):
        if isinstance(config.get(key), list) and len(config[key]) == 1:
            # Keras 3 tells one from a list of one.
            (config[key],) = config[key]
    module, name = MODELS.get(name, ("keras.layers", name))
    places = {key: description[key] for key in ("name", "inbound_nodes") if key in description}
    return {"module": module, "class_name": name, "config": config, "registered_name": None, **places}


@contextmanager
def frames_as_batch(model: keras.Model) -> Iterator[None]:
    """Inside, what is done to each frame is done to all at once: the same numbers with a fraction of the operators."""
    spread = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.TimeDistributed)]
    for layer in spread:
        layer.call = at_once(layer)
    try:
        yield
    finally:
        for layer in spread:
            del layer.call


def at_once(spread: keras.layers.TimeDistributed) -> Callable:
    def call(clips, training=None, mask=None):
        if mask is not None:
            return type(spread).call(spread, clips, training=training, mask=mask)
        answers = spread.layer.call(keras.ops.reshape(clips, (-1, *clips.shape[2:])))
        return keras.ops.reshape(answers, (-1, clips.shape[1], *answers.shape[1:]))

    return call
