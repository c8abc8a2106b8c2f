"""Pages of the back office about other systems; one module per noun, found by autodiscovery through this one."""

from integrations.pages import tokens, webhooks

__all__ = ["tokens", "webhooks"]
