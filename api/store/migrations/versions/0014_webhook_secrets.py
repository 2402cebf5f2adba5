"""The secrets of webhooks in a table of their own, each with its end; those before the one in use stood one behind the other in a column
made for one. Earlier versions of Respite can't read these."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PREFIX = "whsec_"  # with which each began
HAD = (("subscriptions", "subscription", "id"), ("connections", "connection", "name"))


def upgrade() -> None:
    secrets = op.create_table(
        "webhook_secrets",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_webhook_secrets_teams"),
        sa.PrimaryKeyConstraint("team", "kind", "peer", "number", name="pk_webhook_secrets"),
    )
    connection = op.get_bind()
    for name, kind, key in HAD:
        table = sa.table(name, *(sa.column(each) for each in ("team", key, "secret", "previous", "previous_until_s")))
        for row in connection.execute(sa.select(table)).mappings().all():
            before = [PREFIX + each for each in (row["previous"] or "").split(PREFIX)[1:]]
            found = [(row["secret"], None), *((each, row["previous_until_s"]) for each in before)]  # the newest first
            values = [
                {"team": row["team"], "kind": kind, "peer": row[key], "number": number, "secret": secret, "until_s": until_s}
                for number, (secret, until_s) in enumerate(reversed(found), start=1)
            ]
            connection.execute(sa.insert(secrets), values)
        for column in ("secret", "previous", "previous_until_s"):
            op.drop_column(name, column)
