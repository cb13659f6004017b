"""Measurements and fault runs: programs that print JSON."""
