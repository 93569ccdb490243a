"""Writes the networks of this folder, and their answers, with Keras 2: for test_clips.py, which has Keras 3 alone.

    pip install tensorflow-cpu==2.15.1
    python models/export/clips/keras-2/write.py
"""

from pathlib import Path

import numpy as np
import tensorflow as tf

layers = tf.keras.layers
each = layers.TimeDistributed

HERE = Path(__file__).parent
CLIP = (3, 8, 8, 3)
WORDS = 20


def eye() -> tf.keras.Model:
    """A network for single frames, frozen in part, as one that was trained on pictures."""
    frame = layers.Input(CLIP[1:])
    values = layers.Conv2D(3, 3, name="frozen", trainable=False)(frame)
    values = layers.BatchNormalization()(values)
    values = layers.DepthwiseConv2D(3)(layers.ReLU(6.0)(values))
    return tf.keras.Model(frame, layers.Flatten()(values))


NETWORKS = {
    "frames": [
        each(eye(), input_shape=CLIP),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.GRU(3, reset_after=False),
    ],
    "conv-lstm": [
        each(layers.SpatialDropout2D(0.2), input_shape=CLIP),
        layers.ConvLSTM2D(2, 3, return_sequences=True, recurrent_dropout=0.2),
        layers.MaxPooling3D((1, 2, 2)),
        layers.Flatten(),
    ],
}

random = np.random.default_rng(5)
shown = random.integers(0, 256, (2, *CLIP), dtype=np.uint8)
answers = {}
for name, inside in NETWORKS.items():
    network = tf.keras.Sequential([*inside, layers.Dense(WORDS, activation="softmax")])
    network.compile("adam", "categorical_crossentropy")
    for variable in network.weights:
        value = variable.numpy() + 0.3 * random.standard_normal(variable.shape)
        variable.assign(np.abs(value) + 0.1 if "variance" in variable.name else value)
    network.save(HERE / f"{name}.h5")
    answers[name] = network.predict(shown / np.float32(255), verbose=0)
np.savez_compressed(HERE / "answers.npz", shown=shown, **answers)
