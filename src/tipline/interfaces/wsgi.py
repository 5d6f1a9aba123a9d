"""The pages' application: which pages it has follows from TIPLINE_ROLE (`settings.ROOT_URLCONF`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tipline.settings")
application = get_wsgi_application()
