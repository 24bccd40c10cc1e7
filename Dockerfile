# One image for every Airflow process and for the sandbox. It holds no secret: those come with the environment.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /opt/pohoda-bridge
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV=/opt/pohoda-bridge/.venv
COPY requirements.txt ./
RUN python -m venv .venv \
    && awk '/^uv==/ {on = 1} on {print} on && !/\\$/ {exit}' requirements.txt > /tmp/uv.txt \
    && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/uv.txt \
    && .venv/bin/uv pip install --no-cache --require-hashes --compile-bytecode -r requirements.txt
COPY pyproject.toml ./
COPY include include
RUN .venv/bin/uv pip install --no-cache --no-deps --no-build-isolation -e .

FROM python:${PYTHON}-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends unixodbc tdsodbc odbc-mdbtools \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 50000 --gid 0 --home-dir /opt/pohoda-bridge bridge
WORKDIR /opt/pohoda-bridge
COPY --from=build /opt/pohoda-bridge/.venv .venv
COPY pyproject.toml ./
COPY include include
COPY dags dags
COPY plugins plugins
COPY config config
COPY scripts/compose scripts/compose
RUN mkdir -p var/airflow/logs var/store var/sandbox && chown -R bridge:0 var
ENV PATH=/opt/pohoda-bridge/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/pohoda-bridge/var/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/pohoda-bridge/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/pohoda-bridge/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    GX_ANALYTICS_ENABLED=false \
    OTEL_SDK_DISABLED=true \
    DO_NOT_TRACK=1
USER bridge
CMD ["airflow", "version"]
