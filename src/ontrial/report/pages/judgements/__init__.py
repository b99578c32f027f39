"""Judgements of anybody's runs in words, for the terminal, for Markdown and for a page."""
