"""Local features: small places of a picture that are found again after cropping, turning, covering, photographing.

`extract` makes them from pixels, `Features` holds and stores them, `verify` tells whether two pictures show the same
and where. Nothing here is learned from pictures.
"""
