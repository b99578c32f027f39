"""The home page: well-known claims, and the map of whose learning rate decides."""
