"""What answers.

This room turns a question into cited sentences or a refusal. It does not know which door the
question came through, nor how an answer is drawn.
"""
