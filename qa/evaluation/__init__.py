"""Question sets, what is counted on them, and the report."""

from qa.evaluation.calibrate import Calibration, calibrate
from qa.evaluation.report import Report, evaluate

__all__ = ["Calibration", "Report", "calibrate", "evaluate"]
