"""Edits that we did not write: AugLy's, with its own defaults or what is written here. In an environment of its own.

In: {"pictures": [paths of PNG], "into": folder}. Out: for each edit its name and the files, in the pictures' order.
"""

import json
import random
import sys
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

warnings.filterwarnings("ignore")
import augly.image as augly  # noqa: E402

EDITS = {
    "aspect ratio 2": lambda image: augly.change_aspect_ratio(image, ratio=2.0),
    "blur": lambda image: augly.blur(image, radius=2.0),
    "colours jittered": lambda image: augly.color_jitter(
        image, brightness_factor=1.5, contrast_factor=1.5, saturation_factor=1.5
    ),
    "crop, middle quarter": lambda image: augly.crop(image),
    "emoji": lambda image: augly.overlay_emoji(image, emoji_size=0.35),
    "encoding quality 20": lambda image: augly.encoding_quality(image, quality=20),
    "meme": lambda image: augly.meme_format(image, text="LOREM IPSUM", caption_height=150),
    "onto a screenshot": lambda image: augly.overlay_onto_screenshot(image),
    "padded square": lambda image: augly.pad_square(image),
    "perspective": lambda image: augly.perspective_transform(image, sigma=40.0, seed=7),
    "pixelated": lambda image: augly.pixelization(image, ratio=0.5),
    "saturated": lambda image: augly.saturation(image, factor=3.0),
    "stripes": lambda image: augly.overlay_stripes(image, line_width=0.3, line_opacity=0.8),
    "text": lambda image: augly.overlay_text(image, text=[random.randint(0, 90) for _ in range(12)], font_size=0.12),
}


def main():
    asked = json.load(sys.stdin)
    into = Path(asked["into"])
    told = {}
    for name, edit in EDITS.items():
        files = []
        for at, path in enumerate(asked["pictures"]):
            random.seed(at)
            np.random.seed(at)
            with Image.open(path) as image:
                made = edit(image.convert("RGB"))
            file = into / f"{name.replace(' ', '-')}-{at}.jpg"
            made.convert("RGB").save(file, "JPEG", quality=85)
            files.append(str(file))
        told[name] = files
    sys.stdout.write("\n" + json.dumps(told))


main()
