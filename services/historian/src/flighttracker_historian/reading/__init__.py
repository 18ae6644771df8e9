"""Answers questions about the past from the files of a history, without the event loop; `http` serves the answers.

Files are immutable, so hours that are over are cached. Every question is bounded in rows and time, and so is the number
of those that are answered at once.
"""
