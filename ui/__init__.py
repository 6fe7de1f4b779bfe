"""Every door: command line, web chat. Each asks `qa.ask` and draws with one rendering."""

import os

# Gradio and the hub's client read these when they are imported: nothing may leave the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Gradio sums up a table of past questions after each one, for a page we keep closed.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
