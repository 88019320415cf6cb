# The tarball that `mvn package` makes, as an image: docker build --tag sentry_exporter .
# For several platforms each needs its tarball in target/; TARGETARCH chooses.
FROM debian:bookworm-slim
ARG TARGETARCH=amd64
LABEL org.opencontainers.image.title="sentry_exporter" \
      org.opencontainers.image.description="Prometheus exporter for Sentry" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
ADD target/sentry_exporter-*.linux-${TARGETARCH}.tar.gz /opt/
# The configuration is /sentry_exporter.yml if that is mounted, else the environment's. Counters'
# high-water marks are kept in data, which is the volume.
RUN ln -s /opt/sentry_exporter-*/sentry_exporter /sentry_exporter \
    && mkdir /var/lib/sentry_exporter \
    && chown 65532:65532 /var/lib/sentry_exporter \
    && ln -s /var/lib/sentry_exporter /data
WORKDIR /
VOLUME /var/lib/sentry_exporter
# `demo` is reachable from outside the container.
ENV SENTRY_EXPORTER_DEMO_ADDRESS=:9412
USER 65532:65532
EXPOSE 9412
ENTRYPOINT ["/sentry_exporter"]
CMD []
