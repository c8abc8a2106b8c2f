# One image for web, worker and beat. It has no PostgreSQL and no Valkey in it: compose.yaml shows how they stand beside it.

FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r /requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PRODUCTION=1 STATIC_ROOT=/static MEDIA_ROOT=/media
RUN useradd --system --uid 10001 --home-dir /nonexistent mainstay && install -d -o mainstay /media
COPY --from=packages /venv /venv
WORKDIR /mainstay
COPY . .
# Settings insist on their names; gathering the static files uses none of them.
RUN SECRET_KEY=unused ALLOWED_HOSTS=unused DATABASE_URL=postgres://unused/unused BROKER_URL=redis://unused \
    python manage.py collectstatic --noinput
USER mainstay
VOLUME /media
EXPOSE 8000
CMD ["gunicorn", "-c", "config/gunicorn.py", "-b", "0.0.0.0:8000", "config.wsgi"]
