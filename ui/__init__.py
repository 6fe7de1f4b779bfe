"""Every door: command line, web chat. Each asks `qa.ask` and draws with one rendering."""

import os

# Gradio and the hub's client read these when they are imported: nothing may leave the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
