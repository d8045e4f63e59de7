# One image for every part of the product: web pages, workers, beat. docs/deploy.md says how it is
# run; docker-compose.yml runs it.

FROM debian:bookworm-slim AS build
# Debian's own versions at the time of building: pinned ones would leave out its security fixes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/tangthu
WORKDIR /source
COPY requirements-scaled.lock ./
RUN /opt/tangthu/bin/python -m pip --disable-pip-version-check install --no-cache-dir \
    --only-binary :all: --require-hashes -r requirements-scaled.lock
COPY . ./
# What builds, and pip itself, do not go into the image that runs.
RUN /opt/tangthu/bin/python -m pip --disable-pip-version-check install --no-cache-dir --no-deps \
    --no-build-isolation . \
    && /opt/tangthu/bin/python -m pip uninstall --yes \
    editables hatchling pathspec pluggy trove-classifiers \
    && /opt/tangthu/bin/python -m pip check \
    && /opt/tangthu/bin/python -m pip uninstall --yes setuptools pip

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Tàng Thư" \
    org.opencontainers.image.description="Digitises, archives and reuses the papers of Vietnam's administrative procedures" \
    org.opencontainers.image.licenses="Apache-2.0"
# The packages that script/setup names. No program of the image gives anybody more rights.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 tesseract-ocr \
    tesseract-ocr-vie tesseract-ocr-script-viet fonts-liberation2 \
    && rm -rf /var/lib/apt/lists/* \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    && groupadd --system --gid 10001 tangthu \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/tangthu \
    --shell /usr/sbin/nologin tangthu \
    && install -d -o 10001 -g 10001 -m 700 /var/lib/tangthu /var/lib/tangthu/tmp
COPY --from=build /opt/tangthu /opt/tangthu
COPY deploy/healthy.py /usr/local/bin/tangthu-healthy
COPY deploy/prepare.py /usr/local/bin/tangthu-prepare
# Files that pass through are papers: they stay in the container's own volume, off the memory.
ENV PATH=/opt/tangthu/bin:/usr/local/bin:/usr/bin:/bin \
    TMPDIR=/var/lib/tangthu/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    TANGTHU_HOME=/var/lib/tangthu \
    TANGTHU_HOST=0.0.0.0
WORKDIR /var/lib/tangthu
USER 10001:10001
VOLUME /var/lib/tangthu
EXPOSE 8470
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=2m --retries=3 CMD ["tangthu-healthy"]
ENTRYPOINT ["tangthu"]
CMD ["serve"]
