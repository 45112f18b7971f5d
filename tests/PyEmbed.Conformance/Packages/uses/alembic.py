"""Migrations of a database: a project made from the package's templates, revisions, up, down, history, offline SQL."""

import contextlib
import io
import pathlib

import alembic.command
import alembic.config
import alembic.script
import sqlalchemy as sa

out = io.StringIO()
config = alembic.config.Config("alembic.ini", stdout=out, output_buffer=out)
with contextlib.redirect_stdout(io.StringIO()):
    alembic.command.init(config, "migrations")
print(sorted(place.name for place in pathlib.Path("migrations").iterdir()))
text = pathlib.Path("alembic.ini").read_text().replace("driver://user:pass@localhost/dbname", "sqlite:///db.sqlite")
pathlib.Path("alembic.ini").write_text(text[:text.index("# Logging configuration")])
environment = pathlib.Path("migrations/env.py")
environment.write_text(environment.read_text().replace("fileConfig(config.config_file_name)", "pass"))
config = alembic.config.Config("alembic.ini", stdout=out, output_buffer=out)
for number, (up, down) in enumerate([
        ("op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.String(9)))", "op.drop_table('t')"),
        ("op.add_column('t', sa.Column('m', sa.Integer, server_default='1'))", "op.execute('ALTER TABLE t DROP COLUMN m')")], 1):
    with contextlib.redirect_stdout(io.StringIO()):
        script = alembic.command.revision(config, "step %d" % number, rev_id="r%d" % number)
    place = pathlib.Path(script.path)
    content = place.read_text()
    head, _, tail = content.partition("def upgrade()")
    place.write_text(head + "def upgrade():\n    %s\n\ndef downgrade():\n    %s\n" % (up, down))
alembic.command.upgrade(config, "head")
engine = sa.create_engine("sqlite:///db.sqlite")
print([column["name"] for column in sa.inspect(engine).get_columns("t")])
alembic.command.downgrade(config, "-1")
print([column["name"] for column in sa.inspect(sa.create_engine("sqlite:///db.sqlite")).get_columns("t")])
print([(script.revision, script.down_revision, script.doc) for script in alembic.script.ScriptDirectory.from_config(config).walk_revisions()])
out.truncate(0)
out.seek(0)
alembic.command.upgrade(config, "r1:r2", sql=True)
alembic.command.current(config)
print([line for line in out.getvalue().splitlines() if line and "migrations" not in line][:12])
