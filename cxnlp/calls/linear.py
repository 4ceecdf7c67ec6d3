"""Small linear models as plain numbers: named features, classes, a row of weights a class.

They are fitted by scikit-learn and kept in the bundle's config, where anyone can read which feature
speaks for which verdict and by how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True, frozen=True)
class Linear:
    """`coef` float64 (classes, features), `intercept` (classes,): softmax over the classes' sums."""

    features: tuple[str, ...]
    classes: tuple[str, ...]
    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]

    @classmethod
    def of(cls, config: Mapping[str, Any], classes: Sequence[str]) -> Linear:
        """The model that `config` wrote, its classes in the order asked for."""
        order = [config["classes"].index(name) for name in classes]
        coef = np.array(config["coef"], dtype=np.float64).reshape(len(config["classes"]), -1)
        intercept = np.array(config["intercept"], dtype=np.float64)
        return cls(tuple(config["features"]), tuple(classes), coef[order], intercept[order])

    def config(self) -> dict[str, Any]:
        """Plain numbers, four decimals kept."""
        return {
            "features": list(self.features),
            "classes": list(self.classes),
            "coef": np.round(self.coef, 4).tolist(),
            "intercept": np.round(self.intercept, 4).tolist(),
        }

    def chances(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of each class, (rows, classes), from features (rows, features).

        >>> model = Linear(("works",), ("yes", "no"), np.array([[1.0], [-1.0]]), np.zeros(2))
        >>> model.chances(np.array([[1.0], [0.0]])).round(2).tolist()
        [[0.88, 0.12], [0.5, 0.5]]
        """
        sums = values @ self.coef.T + self.intercept
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return shares
