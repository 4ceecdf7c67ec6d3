"""Who a speaker label means: agent, customer, system, or nobody knows.

A label that says its role ("Agent", "Ben (Agent)", "Customer Alex", "IVR") is taken at its word; the
words are in `role_words.json`. One that carries none ("Speaker 1", "spk_0", "Maria") is never
guessed: the caller says who it is, or the call is refused with the labels it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from cxnlp.errors import ConfigError, ReadError
from cxnlp.schema import SPEAKERS, Speaker

_NUMBERED = re.compile(r"[ ]?#?\d{1,4}$")
_PARTS = re.compile(r"\s*[()\[\]|/,]\s*|\s+[-\u2013\u2014]\s+")
_SHOWN = 8


class Said(NamedTuple):
    """What a label says by itself: a role (or None) and the name beside it (or "")."""

    role: Speaker | None
    name: str


class Roles:
    """The roles of labels: those the caller gave first, then those that the words say.

    Parameters
    ----------
    given
        {label: "agent" | "customer" | "system"}; matched exactly, then without regard to case.

    Raises
    ------
    ConfigError
        A role that is none of the three.

    >>> Roles({"Speaker 1": "agent"}).of("speaker 1")
    'agent'
    >>> Roles().resolve(["Agent (Ben)", "Customer", "Ben"])
    {'Agent (Ben)': 'agent', 'Customer': 'customer', 'Ben': 'agent'}
    >>> Roles().resolve(["Agent", "Maria"])
    Traceback (most recent call last):
        ...
    cxnlp.errors.ReadError: speaker labels that say no role: 'Maria'; got: 'Agent', 'Maria'; ...
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        by_role: dict[str, Speaker] = {role: role for role in SPEAKERS}
        self._exact: dict[str, Speaker] = {}
        for label, role in (given or {}).items():
            if role not in by_role:
                raise ConfigError(f"no such role for {label!r}", got=role, allowed=", ".join(SPEAKERS))
            self._exact[label] = by_role[role]
        self._folded = {_fold(label): role for label, role in self._exact.items()}

    def of(self, label: str) -> Speaker | None:
        """The role of one label, None if neither the caller nor the label says it."""
        if label in self._exact:
            return self._exact[label]
        return self._folded.get(_fold(label)) or said(label).role

    def resolve(self, labels: Iterable[str], lines: Mapping[str, int | None] | None = None) -> dict[str, Speaker]:
        """The role of every label of one call, in the order of first use; `lines` says where each is used.

        A bare name is known where another label of the same call gives it a role: "Agent (Ben)", later "Ben".

        Raises
        ------
        ReadError
            A label without a role; the message lists them and says how to give roles.
        """
        known = dict.fromkeys(labels)
        named = self._named(known)
        resolved: dict[str, Speaker] = {}
        missing: list[str] = []
        for label in known:
            role = self.of(label) or named.get(_fold(label))
            if role is None:
                missing.append(label)
            else:
                resolved[label] = role
        if missing:
            raise ReadError(
                f"speaker labels that say no role: {_listed(missing)}",
                line=(lines or {}).get(missing[0]),
                got=_listed(list(known)),
                allowed=", ".join(SPEAKERS),
                todo=f'say who each is: --role "{missing[0][:40]}=agent", or =customer, or =system; in Python '
                f"roles={{{missing[0][:40]!r}: 'agent'}}",
            )
        return resolved

    def named(self, labels: Iterable[str]) -> frozenset[str]:
        """The bare names, folded, to which other labels give a role."""
        return frozenset(self._named(labels))

    def _named(self, labels: Iterable[str]) -> dict[str, Speaker]:
        """Name -> role; a name that two labels give different roles is left out."""
        found: dict[str, set[Speaker]] = {}
        for label in labels:
            role, name = self.of(label), said(label).name
            if role and name:
                found.setdefault(name, set()).add(role)
        return {name: roles.pop() for name, roles in found.items() if len(roles) == 1}


@lru_cache(maxsize=4096)
def said(label: str) -> Said:
    """The role that the words of a label say, and the name they say it of.

    >>> said("Ben (Agent)"), said("Customer Alex")
    (Said(role='agent', name='ben'), Said(role='customer', name='alex'))
    >>> said("Customer Service Rep"), said("Caller ID")
    (Said(role='agent', name=''), Said(role=None, name=''))
    """
    if len(label) > 80:
        return Said(None, "")
    words, folded = _words(), _fold(label)
    if role := words.get(_bare(folded)):
        return Said(role, "")
    parts = [part for part in _PARTS.split(folded) if part]
    if len(parts) > 1:
        roles = {words[_bare(part)] for part in parts if _bare(part) in words}
        names = [part for part in parts if _bare(part) not in words]
        return Said(roles.pop(), " ".join(names)) if len(roles) == 1 else Said(None, "")
    return _role_then_name(label, folded)


def _role_then_name(label: str, folded: str) -> Said:
    """ "Agent Ben", "Customer Mary Ann": a role word, then one or two words that can be a name."""
    words, tokens = _words(), folded.split()
    for cut in range(len(tokens) - 1, 0, -1):
        role = words.get(" ".join(tokens[:cut]))
        if role is None:
            continue
        name, written = tokens[cut:], label.replace("_", " ").split()[cut:]
        is_name = len(name) <= 2 and all(w[0].isupper() and w[0].isalpha() for w in written)
        if role != "system" and is_name and not _not_names() & {word.strip(".") for word in name}:
            return Said(role, " ".join(name))
        break
    return Said(None, "")


def _fold(label: str) -> str:
    return " ".join(label.replace("_", " ").casefold().strip(" .:*#<>").split())


def _bare(folded: str) -> str:
    """Without the number that tells one agent from another: "agent 2"."""
    return _NUMBERED.sub("", folded.strip(" .-"))


def _listed(labels: list[str]) -> str:
    shown = ", ".join(repr(label if len(label) <= 40 else label[:40] + "…") for label in labels[:_SHOWN])
    return shown if len(labels) <= _SHOWN else f"{shown} and {len(labels) - _SHOWN} more"


@lru_cache(maxsize=1)
def _words() -> dict[str, Speaker]:
    table = json.loads(files("cxnlp.readers").joinpath("role_words.json").read_text("utf-8"))
    return {word: role for role in SPEAKERS for word in table[role]}


@lru_cache(maxsize=1)
def _not_names() -> frozenset[str]:
    table = json.loads(files("cxnlp.readers").joinpath("role_words.json").read_text("utf-8"))
    return frozenset(table["not_names"]) | {word for role in SPEAKERS for word in table[role] if " " not in word}
