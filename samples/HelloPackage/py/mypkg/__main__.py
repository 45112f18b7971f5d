from .core import process


def main(args):
    result = process()
    print(result)
    return 0
