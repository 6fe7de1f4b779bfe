"""What was written, and by whom.

This room reads a file, cleans it, and knows its sections, speakers, sentences and passages, each by
exact offsets that map back to the file. It knows nothing of vectors, questions or pages.
"""
