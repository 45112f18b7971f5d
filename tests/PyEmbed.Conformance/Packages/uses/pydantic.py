"""Models: validation, errors, settings, schemas, generics, dataclasses, custom types."""

import datetime
import enum
from typing import Dict, Generic, List, Optional, TypeVar, Union

import pydantic
from pydantic import BaseModel, BaseSettings, Field, ValidationError, conint, constr, root_validator, validator
from pydantic.dataclasses import dataclass
from pydantic.generics import GenericModel

T = TypeVar("T")


class Color(enum.Enum):
    red = 1


class Item(BaseModel):
    n: conint(gt=0)
    name: constr(strip_whitespace=True, max_length=5) = "x"
    when: Optional[datetime.datetime]
    colors: List[Color] = []
    extra: Dict[str, Union[int, str]] = Field({}, alias="more")

    @validator("name")
    def lower(cls, value):
        if value == "bad":
            raise ValueError("is bad")
        return value.lower()


class Page(GenericModel, Generic[T]):
    rows: List[T]


@dataclass
class Point:
    x: int


class Settings(BaseSettings):
    home: str = "none"

    class Config:
        fields = {"home": {"env": "NO_SUCH_VARIABLE"}}


print(Item(n="3", name=" AB ", when="2020-01-02T03:04:05Z", colors=[1], more={"a": "1"}).json())
try:
    Item(n=0, name="bad", when="x", colors=[7])
except ValidationError as error:
    print(error)
    print(error.json())
print(Item.schema_json(), Page[Item](rows=[{"n": 1}]).dict(), Point("4"), Settings().home)
print(pydantic.parse_obj_as(List[int], ["1", 2]), Item.construct(n=-1).n, Item(n=1).copy(update={"n": 2}).n, pydantic.create_model("M", a=(int, 1))())
