# peyk in a container: docker build -t peyk . ; settings come as PEYK_… variables (see README).
# With what runs PEYK_LOCAL_MODEL from a file: docker build --build-arg LOCAL=1 -t peyk .
ARG LOCAL=
FROM python:3.13-slim AS build
ARG LOCAL
WORKDIR /src
RUN python -m venv /venv
COPY requirements.lock requirements-local.lock ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && { [ -z "$LOCAL" ] \
   || /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-local.lock; }
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index . \
 && /venv/bin/python -m compileall -q /venv/lib

FROM python:3.13-slim
# What reads pages when no vision model does, and text layers: some 30 MB. libgomp1 is llama.cpp's.
ARG LOCAL
RUN apt-get update \
 && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-fas poppler-utils \
    ${LOCAL:+libgomp1} \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin peyk \
 && install -d -o peyk -g peyk /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PEYK_DB=/data/peyk.db
USER peyk
# A sources.toml laid into /data is used; without one, the set that ships with peyk.
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 CMD ["peyk", "doctor", "--alive"]
ENTRYPOINT ["peyk"]
CMD ["run"]
