"""The last touch to a graph that torch or somebody else wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import onnx


def finished(model: onnx.ModelProto, name: str, facts: Mapping[str, str]) -> onnx.ModelProto:
    """Checked and described."""
    described(model, name, facts)
    onnx.checker.check_model(model, full_check=True)
    return model


def described(model: onnx.ModelProto, name: str, facts: Mapping[str, str]) -> onnx.ModelProto:
    """With the facts as metadata, and without torch's notes on where each node came from."""
    noted: Iterable = (model.graph, *model.graph.node, *model.graph.input, *model.graph.output)
    for part in (*noted, *model.graph.initializer):
        del part.metadata_props[:]
        part.ClearField("doc_string")
    del model.graph.value_info[:]
    model.graph.name = name
    model.producer_name, model.producer_version = "osprey", ""
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, dict(facts))
    return model
