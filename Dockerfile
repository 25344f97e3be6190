# docker build -t factory-dashboard .
#
# docker run --rm -p 127.0.0.1:5050:5050 --user "$(id -u):$(id -g)" \
#   -v "$HOME/.openclaw:/openclaw:ro" -v factory-dashboard:/data factory-dashboard
#
# It listens on all addresses of the container, so readers need a token: the one in
# FACTORY_TOKEN_FILE, or the one that is made at the first start, printed once (docker logs) and kept in /data/token.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package factory-dashboard \
    && cp target/release/factory-dashboard /usr/local/bin/

FROM debian:bookworm-slim
# OpenClaw's files belong to whoever runs it: the container then runs as that user, whatever the number.
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin factory \
    && install -d -m 1777 /data
COPY --from=build /usr/local/bin/factory-dashboard /usr/local/bin/
COPY LICENSE /usr/share/doc/factory-dashboard/LICENSE
ENV HOME=/data \
    FACTORY_DATA_DIR=/data \
    FACTORY_STATE_DIR=/openclaw \
    FACTORY_HOST=0.0.0.0 \
    FACTORY_PORT=5050
USER 10001
VOLUME /data
EXPOSE 5050
# The image has no HTTP client, bash is enough. 401 is an answer too: the server runs and asks for its token.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${FACTORY_PORT} && printf 'GET /api/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 || $status == 401 ]]"]
ENTRYPOINT ["factory-dashboard"]
