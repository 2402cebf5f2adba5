"""Makes the stores of earlier migrations again, each with the code of then: `python tests/integration/old_stores/make.py`, in a clone
that has the history. The files beside it are what it made; a store that is released is not made again."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT))
MORNING = (HERE / "morning.py").read_text()
# the last commit at which a migration was the newest one; 0001 and 0002 came together
COMMITS = {"0002": "14d94a2^", "0003": "2542ea2^", "0004": "5b65aa6^"}


def make(migration: str, commit: str) -> dict[str, object]:
    """The store of one migration, and what the service of then told of it last."""
    import sqlalchemy as sa

    from api.store import backup
    from api.store.database import open_database

    with tempfile.TemporaryDirectory() as directory:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", directory], input=archive, check=True)
        url = f"sqlite:///{directory}/old.db"
        told = subprocess.run([sys.executable, "-c", MORNING, url, migration], cwd=directory, check=True, stdout=subprocess.PIPE, text=True)
        engine = open_database(url)
        with backup.snapshot(engine) as connection:
            assert backup.write(connection, HERE / f"{migration}.gz", 0.0).migration == migration
        if migration == "0002":  # what came with 0002 is all new tables
            with engine.begin() as connection:
                for table in ("personal", "check_ins", "looks"):
                    connection.execute(sa.text(f"DROP TABLE {table}"))
                connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
            with backup.snapshot(engine) as connection:
                backup.write(connection, HERE / "0001.gz", 0.0)
        engine.dispose()
        found: dict[str, object] = json.loads(told.stdout.splitlines()[-1])
        return found


if __name__ == "__main__":
    expected = {migration: make(migration, commit) for migration, commit in COMMITS.items()}
    (HERE / "told.json").write_text(json.dumps({"0001": expected["0002"]} | expected, indent=1) + "\n")
