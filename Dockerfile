# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/prod.txt /tmp/prod.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps --only-binary=:all: -r /tmp/prod.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=crm.settings \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media \
    CELERY_BEAT_SCHEDULE_FILENAME=/srv/beat/schedule
# A fixed number, so that volumes keep their owner from one image to the next.
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin crm \
    && install -d -o crm -g crm /srv/static /srv/media /srv/beat
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
# BUILDING lets the settings load without a secret; nothing of it stays in the image.
RUN BUILDING=1 python -m crm.base.messages compile \
    && BUILDING=1 python manage.py collectstatic --noinput --verbosity 0
USER crm
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-m", "crm.base.probe", "readyz"]
CMD ["gunicorn", "crm.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=3", \
     "--threads=4", "--timeout=120", "--graceful-timeout=30", "--max-requests=5000", "--max-requests-jitter=500", \
     "--access-logfile=-", "--no-control-socket"]
