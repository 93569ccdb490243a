package dev.osprey.runtime;

/** What a model really runs on, in ONNX Runtime's terms. */
public enum ExecutionProvider {
    CPU,
    CUDA
}
