"""REST: points, scores, feeds."""
