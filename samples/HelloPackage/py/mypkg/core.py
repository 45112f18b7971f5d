from .utils import helper


def process():
    return helper() + " processed"
