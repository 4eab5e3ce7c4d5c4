"""The WSGI entry of the web server. Refuses to start an unsafe production configuration."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from guanjia.config.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanjia.config.settings")
application = get_wsgi_application()
refuse_unsafe()
