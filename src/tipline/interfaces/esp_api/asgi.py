"""The ASGI application of the deployable esp_api."""

from __future__ import annotations

import django

django.setup()

from tipline.interfaces.esp_api.door import create_app  # noqa: E402 - models load after setup

application = create_app()
