"""The console's pages. No page loads anything from another host, and none is shown without the guard's consent."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from pohoda_bridge.console import pages
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.redact import masked

log = logging.getLogger(__name__)
MaySee = Callable[[str], bool]
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
REFUSALS = (401, 403, 404, 405)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def make_app(guard: Callable[..., Any]) -> FastAPI:
    """The application. `guard` is the dependency of every route: it refuses whoever is not logged in, and gives a
    function that tells for a DAG id whether the one who asks may read that DAG.
    """
    app = FastAPI(title="POHODA Bridge", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(guard)])
    app.middleware("http")(_closed)
    for status in REFUSALS:
        app.add_exception_handler(status, _refused)
    asker = Depends(guard)

    @app.get("/", response_class=HTMLResponse)
    def overview(may_see: MaySee = asker) -> str:
        return pages.overview(may_see) or ""

    @app.get("/dags/{dag_id}", response_class=HTMLResponse)
    def dag(dag_id: str, may_see: MaySee = asker) -> str:
        _allowed(may_see, dag_id)
        return _found(pages.overview(may_see, dag_id), "there is no such flow")

    @app.get("/runs/{run_id:path}", response_class=HTMLResponse)
    def run(run_id: str, may_see: MaySee = asker) -> str:
        dag_id = _found(
            pages.dag_of_run(run_id), "the ledger knows no such run; one that has not begun is not there yet"
        )
        _allowed(may_see, dag_id)
        return pages.run_page(run_id)

    @app.get("/docs/{dag_id}/{page:path}", response_class=HTMLResponse)
    def docs(dag_id: str, page: str, may_see: MaySee = asker) -> str:
        _allowed(may_see, dag_id)
        return _found(pages.docs_page(dag_id, page or "index.html"), "there are no Data Docs of this flow yet")

    @app.get("/{rest:path}", response_class=HTMLResponse)
    def nothing(rest: str) -> str:
        raise HTTPException(404, "there is no such page")

    return app


def _allowed(may_see: MaySee, dag_id: str) -> None:
    if not may_see(dag_id):
        raise HTTPException(403, "you may not read this DAG")


def _found(text: str | None, otherwise: str) -> str:
    if text is None:
        raise HTTPException(404, otherwise)
    return text


async def _closed(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Every answer carries the headers, those to our own faults too."""
    try:
        response = await call_next(request)
    except BridgeError as error:
        log.warning("console: %s", error.log)
        response = HTMLResponse(pages.message(masked(error.text)), 503)
    except Exception:
        log.exception("console: a page could not be made")
        response = HTMLResponse(pages.message("this page could not be made; the API server's log says why"), 500)
    response.headers.update(HEADERS)
    return response


def _refused(request: Request, error: Any) -> Response:
    """A refusal as a page; the framework's own are no HTTPException of FastAPI, and have the same fields."""
    return HTMLResponse(pages.message(str(error.detail)), error.status_code, headers=dict(error.headers or {}))
