"""Uploaded papers: what may come in, and the clean copy that is kept."""
