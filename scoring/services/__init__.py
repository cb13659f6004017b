"""Writing verbs of scoring; the names the night's graph and other floors use."""

from scoring.services.size import classify_sizes
from scoring.services.tier import publish_version, run_tiers
from scoring.services.vip import grade_vips

__all__ = ["classify_sizes", "grade_vips", "publish_version", "run_tiers"]
