# The server as an image: docker build --tag analytics-api . The documentation's page "Operating" says how to run it.

FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev libmariadb-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/analytics-api
COPY requirements/ requirements/
RUN python -m venv .venv \
    && for name in base mysql reports; do \
        .venv/bin/python -m pip install --require-hashes --requirement requirements/$name.txt || exit 1; \
    done \
    && .venv/bin/python -m pip uninstall --yes pip

FROM python:3.13-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 /var/lib/analytics-api
WORKDIR /srv/analytics-api
COPY --from=build /srv/analytics-api/.venv .venv/
COPY . .
RUN .venv/bin/python -m compileall -q analytics_data_api analyticsdataserver
ENV PATH=/srv/analytics-api/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=analyticsdataserver.settings.production \
    HOST=0.0.0.0 \
    PORT=8000 \
    EVENTS_DIR=/var/lib/analytics-api/events
# All files belong to root, and this user may write to /tmp and /var/lib/analytics-api alone.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "gunicorn", "--config", "analyticsdataserver/gunicorn.py", "analyticsdataserver.wsgi:application"]
