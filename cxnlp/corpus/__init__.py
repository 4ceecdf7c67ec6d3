"""Across the calls of a centre: agents and teams, and one scoring beside another."""
