"""Question sets, what is counted on them, and the report."""

from qa.evaluation.report import Report, evaluate

__all__ = ["Report", "evaluate"]
