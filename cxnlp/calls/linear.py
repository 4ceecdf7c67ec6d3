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
    def of(cls, config: Mapping[str, Any]) -> Linear:
        """The model that `config` wrote."""
        return cls(
            tuple(config["features"]),
            tuple(config["classes"]),
            np.array(config["coef"], dtype=np.float64).reshape(len(config["classes"]), -1),
            np.array(config["intercept"], dtype=np.float64),
        )

    def config(self) -> dict[str, Any]:
        """Plain numbers, four decimals kept."""
        return {
            "features": list(self.features),
            "classes": list(self.classes),
            "coef": np.round(self.coef, 4).tolist(),
            "intercept": np.round(self.intercept, 4).tolist(),
        }

    def table(self, rows: NDArray[np.float64]) -> list[dict[str, float]]:
        """Probability by class of each of many rows, (rows, features)."""
        sums = rows @ self.coef.T + self.intercept
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares = (powers / powers.sum(axis=1, keepdims=True)).tolist()
        return [dict(zip(self.classes, share, strict=True)) for share in shares]

    def probabilities(self, values: Sequence[float]) -> dict[str, float]:
        """Probability by class.

        >>> model = Linear(("works",), ("yes", "no"), np.array([[1.0], [-1.0]]), np.zeros(2))
        >>> {name: round(p, 2) for name, p in model.probabilities([1.0]).items()}
        {'yes': 0.88, 'no': 0.12}
        """
        sums = self.coef @ np.asarray(values, dtype=np.float64) + self.intercept
        powers = np.exp(sums - sums.max())
        return dict(zip(self.classes, (powers / powers.sum()).tolist(), strict=True))

    def best(self, values: Sequence[float]) -> tuple[str, float]:
        """The most probable class and its probability."""
        found = self.probabilities(values)
        name = max(found, key=found.__getitem__)
        return name, found[name]
