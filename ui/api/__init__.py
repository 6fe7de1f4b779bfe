"""The doors for machines: REST, an OpenAI-compatible endpoint, and MCP."""
