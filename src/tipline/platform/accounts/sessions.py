"""Django's session engine on our own table: its rows belong to the role that wrote them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Sessions in `accounts_session`, each with its account, so that all sessions of one can be ended."""

    @classmethod
    def get_model_class(cls) -> Any:
        """This function will return the session table's model."""
        from tipline.platform.accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """This function will make the row of this session, with its account."""
        row: Any = super().create_model_instance(data)
        account = data.get(SESSION_KEY)
        row.account_id = int(account) if account is not None else None
        return row
