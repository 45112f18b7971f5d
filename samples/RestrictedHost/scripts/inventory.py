import fs
import json


def load(path):
    return json.loads(fs.read(path))
