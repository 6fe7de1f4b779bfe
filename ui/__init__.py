"""Every door: command line, web chat. Each asks `qa.ask` and draws with one rendering."""
