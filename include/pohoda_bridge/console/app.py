"""The console's pages. No page loads anything from another host, and none is shown without the guard's consent."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from pohoda_bridge.console.pages import docs_page, overview, report_page

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def make_app(guard: Callable[..., Any]) -> FastAPI:
    """The application; `guard` is the dependency that refuses whoever is not logged in, on every route."""
    app = FastAPI(title="POHODA Bridge", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(guard)])

    @app.middleware("http")
    async def closed(request: Request, call_next: Callable[[Request], Any]) -> Response:
        response: Response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.get("/", response_class=HTMLResponse)
    def runs() -> str:
        return overview()

    @app.get("/runs/{run_id:path}", response_class=HTMLResponse)
    def run(run_id: str) -> str:
        return _found(report_page(run_id), "there is no report of this run; a run with nothing to do makes none")

    @app.get("/docs/{dag_id}/{page:path}", response_class=HTMLResponse)
    def docs(dag_id: str, page: str) -> str:
        return _found(docs_page(dag_id, page or "index.html"), "there are no Data Docs of this flow yet")

    return app


def _found(page: str | None, otherwise: str) -> str:
    if page is None:
        raise HTTPException(404, otherwise)
    return page
