"""Example plug-ins; a plug-in imports `core.plugin` and nothing else of the program."""
