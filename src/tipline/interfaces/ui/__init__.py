"""The one face of every interface: tokens, components, base pages, log-in pages, vendored assets.

Owns no record and no rule of the field. Promises pages that work without scripts, under a policy that
allows no inline code.
"""
