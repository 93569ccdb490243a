"""How good a mask is."""

from __future__ import annotations

import numpy as np


def per_class_iou(confusion: np.ndarray) -> np.ndarray:
    """Intersection over union by class, of a confusion matrix [truth, found] of pixels; NaN for a class that never occurs."""
    both = np.diag(confusion).astype(np.float64)
    either = confusion.sum(0) + confusion.sum(1) - both
    return np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0)


def mean_iou(confusion: np.ndarray) -> float:
    return float(np.nanmean(per_class_iou(confusion)))
