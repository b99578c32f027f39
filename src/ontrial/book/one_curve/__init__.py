"""The study one-curve: what ends alike at equal products of learning rate and steps."""
