"""Logs: one line of JSON for each thing that happened, with the request's id and without personal data.

People read logs who may not see customers, and logs live longer than customers' consent. So a line names rows by their
number only: query strings, e-mail addresses, telephone numbers and the values that PostgreSQL quotes are taken out of
every line, whoever wrote it.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from structlog.typing import EventDict, Processor, WrappedLogger

START_LEVEL: int = logging.DEBUG  # a line when a request begins would only double the volume
REFUSAL_LEVEL: int = logging.INFO  # an answer of 4xx is an answer

QUERY_STRING = re.compile(r"\?[^\s\"'?]*=[^\s\"']*")
EMAIL_ADDRESS = re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
PHONE_NUMBER = re.compile(r"\+\d[\d ()/-]{6,}\d")
VOUCHER_CODE = re.compile(r"/vouchers/[^/\s\"']+")
QUOTED_BY_POSTGRES = re.compile(r"(DETAIL|CONTEXT): .*")
PERSONAL = {"ip", "user_agent", "remote_addr", "args", "kwargs", "email", "phone"}


class RequestLog(RequestMiddleware):
    """Gives each request an id and writes one line when it is done."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


def without_personal_data(logger: WrappedLogger | None, name: str, event: EventDict) -> EventDict:
    """The processor that every line passes, those of libraries included."""
    return {key: scrub(value) for key, value in event.items() if key not in PERSONAL}


def scrub(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, left in REPLACEMENTS:
            value = pattern.sub(left, value)
        return value
    if isinstance(value, dict):
        return {key: scrub(item) for key, item in value.items() if key not in PERSONAL}
    if isinstance(value, list | tuple):
        return [scrub(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrub(str(value))


REPLACEMENTS: list[tuple[re.Pattern[str], str]] = [
    (QUOTED_BY_POSTGRES, r"\1: …"),
    (QUERY_STRING, "?…"),
    (VOUCHER_CODE, "/vouchers/…"),
    (EMAIL_ADDRESS, "…@…"),
    (PHONE_NUMBER, "+…"),
]

BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Let structlog write through Python's logging, so that all lines take one way."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *BEFORE,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configuration(*, as_json: bool, level: str) -> dict[str, Any]:
    """What Django's LOGGING and gunicorn's ``logconfig_dict`` say."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": BEFORE,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_personal_data,
                    _for_machines() if as_json else _for_people(),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "CRITICAL"},  # the request's own line says the same, with its id
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }


def _for_machines() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _for_people() -> Processor:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
