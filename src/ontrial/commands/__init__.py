"""The subcommands of `ontrial`, one module for each."""
