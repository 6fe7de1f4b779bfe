"""The chat inside other people's pages: channels, the script that a portal loads, a demo portal."""
