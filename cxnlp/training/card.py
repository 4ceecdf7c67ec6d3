"""The card of a bundle: what it was made of, how well it does, what it must not be used for."""

from __future__ import annotations

from typing import Any

from cxnlp.classify.bundle import Bundle
from cxnlp.training.dataset import Dataset

TEXT = """# {name}

Reads turns of customer-service calls in English and gives, with a probability and the words that
carried it: the tone of agent turns (scripted, neutral, genuine), distress of customer turns (0 to 3) and
30 yes/no labels of empathy, roadblocks, affect, risk and customer effort.

## Made of
{calls} calls and {items} contrast items, {agent} agent and {customer} customer turns, written and labelled
for this project; no recording of a real person, no text from elsewhere. Data hash `{data}`.
Hashed word, character and n-gram features, cue phrases, the other side's last turn; one logistic
regression an output; calibrated and cut on held-out calls.

## How well
On held-out training calls (the same writers, so easier than the world): macro F1 {f1}, macro AUC {auc},
calibration error {ece}. By label: `metrics.json`. On your own calls: `cxnlp evaluate FILE`.

## Limits
- English only. Labels say what the words do, not what anybody felt or meant.
- Irony, quotes of others and talk between two customers are read as they stand.
- The rarer a label, the wider its error; look at its row before relying on it.
- Wrong speakers make wrong scores: roles are taken as given.

## Not for
- Any decision about a person, pay, ranking, dismissal or eligibility, without a person who has read the call.
- Diagnosis. A possible emergency is surfaced for a person to look at and never stated as a fact.
- Emotion recognition of employees where the law forbids it.
"""


def write_card(bundle: Bundle, data: Dataset) -> str:
    """The text of CARD.md."""
    items = sum(call.is_contrast for call in data.marked)
    macro: dict[str, Any] = bundle.metrics["averages"]["macro"] or {}
    return TEXT.format(
        name=bundle.name,
        calls=len(data.calls) - items,
        items=items,
        agent=int((data.y[:, 0] >= 0).sum()),
        customer=int((data.y[:, 1] >= 0).sum()),
        data=bundle.config["data"][:16],
        f1=macro.get("f1"),
        auc=macro.get("auc"),
        ece=bundle.metrics["calibration_error"],
    )
