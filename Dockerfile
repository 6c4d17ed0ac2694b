# Foreword in a container: docker build -t foreword .   docs/operations.md says how to run it.
# Only /data is written to (and /tmp), so the rest may be read-only: --read-only --tmpfs /tmp

FROM python:3.12-slim AS build
COPY requirements.lock /build/
# Wheels only, each by its hash: no compiler, and nothing that the lock does not name. pip itself stays behind.
RUN python -m venv --without-pip /venv \
 && pip --disable-pip-version-check --python /venv/bin/python install --no-cache-dir --no-compile \
      --only-binary=:all: --require-hashes --no-deps -r /build/requirements.lock
COPY app.py manifest.json /app/
COPY bot /app/bot
COPY faq /app/faq
COPY handlers /app/handlers
COPY scheduler /app/scheduler
COPY migrations /app/migrations
COPY examples /app/examples
# Compiled here, since it cannot be later.
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv/lib /app

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin foreword \
 && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DATABASE_URL=sqlite:////data/foreword.db \
    HOST=0.0.0.0 \
    PORT=3000
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# The process only; what it needs is told by /readyz. No proxy is asked for what is right here.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "app.py"]
CMD ["run"]
