"""A file's bytes to text, and a text's lines to blocks, one module for each format."""
