"""The only place with HTTP, templates and permissions: one package a door."""
