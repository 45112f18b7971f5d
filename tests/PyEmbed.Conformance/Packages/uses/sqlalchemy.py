"""A schema, a migration by hand, and queries on SQLite, through the ORM and below it."""

import sqlalchemy as sa
import sqlalchemy.ext.hybrid
import sqlalchemy.orm as orm

Base = orm.declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30), nullable=False, unique=True)
    books = orm.relationship("Book", back_populates="author", order_by="Book.year", cascade="all, delete-orphan")

    @sqlalchemy.ext.hybrid.hybrid_property
    def initial(self):
        return self.name[0]


class Book(Base):
    __tablename__ = "book"
    id = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.String(50))
    year = sa.Column(sa.Integer)
    author_id = sa.Column(sa.ForeignKey("author.id"))
    author = orm.relationship(Author, back_populates="books")


engine = sa.create_engine("sqlite:///library.db")
Base.metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(sa.text("ALTER TABLE book ADD COLUMN pages INTEGER DEFAULT 1"))
with orm.Session(engine) as session:
    session.add(Author(name="Ann", books=[Book(title="B", year=2001), Book(title="A", year=1999)]))
    session.add(Author(name="Bob"))
    session.commit()
    for author in session.query(Author).options(orm.selectinload(Author.books)).order_by(Author.name):
        print(author.name, author.initial, [(book.title, book.year) for book in author.books])
    statement = sa.select(Author.name, sa.func.count(Book.id)).outerjoin(Book).group_by(Author.id).order_by(Author.id)
    print(statement)
    print(session.execute(statement).all())
    try:
        session.add(Author(name="Ann"))
        session.flush()
    except sa.exc.IntegrityError as error:
        print(type(error.orig).__name__, error.orig)
print([column["name"] for column in sa.inspect(engine).get_columns("book")])
reflected = sa.MetaData()
reflected.reflect(engine)
print(sorted(reflected.tables), [str(key.column) for key in reflected.tables["book"].foreign_keys])
for name in ("postgresql", "mysql", "oracle", "mssql"):
    dialect = __import__("sqlalchemy.dialects." + name, fromlist=["dialect"]).dialect()
    print(name, sa.schema.CreateTable(Book.__table__).compile(dialect=dialect))
