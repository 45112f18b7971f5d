import shared_ns
from shared_ns.thing1 import thing as thing_one
from shared_ns.thing2 import thing as thing_two


def run():
    print(thing_one())
    print(thing_two())
    print(shared_ns.__path__)
