"""A helpdesk and its manager in front of a live service: what a browser test or a picture needs to have happened."""

from typing import Any

from support.server import LiveServer


class Desk:
    """`desk.agent("ana", "Ana Ferri")`, `desk.ticket("T-1", "ana", escalated=True)`, `desk.happened("T-1", "contact")`."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.helpdesk, self.manager = self.keys(("helpdesk", None), ("manager", None))

    def keys(self, *wanted: tuple[str, str | None]) -> list[str]:
        return [self.server.key(*each) for each in wanted]

    def agent(self, agent_id: str, name: str | None = None, status: str = "online", **profile: Any) -> None:
        self.server.call(self.manager, "PUT", f"/v1/agents/{agent_id}", {"name": name or agent_id.title()} | profile)
        self.status(agent_id, status)

    def status(self, agent_id: str, status: str) -> None:
        self.server.call(self.helpdesk, "POST", f"/v1/agents/{agent_id}/status", {"status": status})

    def ticket(self, ticket_id: str, agent_id: str | None = None, **facts: Any) -> None:
        """A ticket that came in just now, given to `agent_id` where one is named."""
        now = self.server.call(self.manager, "GET", "/v1/team")["now"]
        body = {"id": ticket_id, "account_id": f"account-of-{ticket_id}", "subject": "words", "created_at": now} | facts
        self.server.call(self.helpdesk, "POST", "/v1/tickets", body)
        if agent_id is not None:
            self.server.call(self.manager, "POST", f"/v1/tickets/{ticket_id}/override", {"agent_id": agent_id, "reason": "set-up"})

    def happened(self, ticket_id: str, what: str) -> None:
        self.server.call(self.helpdesk, "POST", f"/v1/tickets/{ticket_id}/events", {"type": what})

    def escalation_ended(self, ticket_id: str, agent_id: str) -> None:
        """An escalated ticket whose contact has ended: a break is due."""
        self.ticket(ticket_id, agent_id, escalated=True)
        self.happened(ticket_id, "contact")

    def recovery(self, agent_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.server.call(self.helpdesk, "GET", f"/v1/agents/{agent_id}/recovery")
        return found
