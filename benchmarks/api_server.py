"""The product's WSGI application with the peers' addresses beside its own."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "benchmarks.api_peers"
application = get_wsgi_application()
