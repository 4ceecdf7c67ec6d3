"""Across calls: stock phrases mined from what a centre's agents say; agents and teams; one scoring beside another."""

from cxnlp.corpus.mine import MiningOptions, mine
from cxnlp.corpus.required import read_required

__all__ = ["MiningOptions", "mine", "read_required"]
