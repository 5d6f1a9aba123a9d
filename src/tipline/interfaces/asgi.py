"""The pages' application: which pages it has follows from TIPLINE_ROLE (`settings.ROOT_URLCONF`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tipline.settings")
pages = get_wsgi_application()

from tipline.interfaces.ui.bodies import limit_of  # noqa: E402 - reads settings
from tipline.platform.front.front import Front  # noqa: E402

limit_of("/")  # loads all pages now: the first request must not
application = Front(pages, limit_of)
