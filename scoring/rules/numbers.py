"""The numbers a rule is given: parameters or a version of a model."""

from collections.abc import Mapping
from typing import Any

Numbers = Mapping[str, Any]
