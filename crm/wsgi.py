"""WSGI entry point: `gunicorn crm.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
# A page that takes longer is stopped, so that one question cannot hold up everybody.
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "15000")

application = get_wsgi_application()

# What a server has loaded it keeps: a collection that went over all of it held a page up by 200 ms.
from django.urls import get_resolver  # noqa: E402

get_resolver().url_patterns  # noqa: B018 - loads every page now instead of with the first request
gc.collect()
gc.freeze()
