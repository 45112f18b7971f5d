def thing():
    return "Thing Two"
