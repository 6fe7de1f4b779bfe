"""A process killed at any moment loses nothing that was acknowledged, and leaves nothing half done.

`python tests/index/crash.py` tries every boundary; here a part of them, and fifty random moments.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CRASH = Path(__file__).with_name("crash.py")


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("cc"),
    reason="the killer is preloaded on Linux, and a C compiler makes it",
)
def test_whenever_it_is_killed_the_acknowledged_state_is_served():
    command = [sys.executable, CRASH, "--every", "80", "--moments", "50"]
    home = str(CRASH.parents[2])
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": home}, capture_output=True, text=True
    )
    report = json.loads(done.stdout or "{}")
    assert report, done.stderr
    assert report["losses"] == []
    assert sum(report["tried"].values()) >= 75
    assert report["killed"] >= 60
