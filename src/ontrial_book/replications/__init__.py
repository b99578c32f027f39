"""Replications of the default study: the same tests on other data, with other optimisers and other shapes."""
